"""The page of the commands: every one, with its arguments, written from its own parser."""

from __future__ import annotations

import argparse
import importlib
import re
from collections.abc import Iterator

from docs import markdown

TITLE = "Commands"

COMMANDS = {
    "tracing-lint": "lint_plugin.command",
    "tracing-codemod": "lint_plugin.codemod.command",
    "tracing-view": "tracing_facade.viewer.command",
    "reference-server": "reference_server.command",
    "refctl": "reference_server.client.command",
}


def render() -> str:
    """Return the page."""
    commands = "\n\n".join(_command(name, parser_of(module), 2) for name, module in COMMANDS.items())
    return f"Each also has `--help`.\n\n{commands}"


def parser_of(module_name: str) -> argparse.ArgumentParser:
    """Return the parser of a command's module."""
    parser = importlib.import_module(module_name).build_parser()
    assert isinstance(parser, argparse.ArgumentParser)
    return parser


def _command(name: str, parser: argparse.ArgumentParser, level: int, epilog_above: str | None = None) -> str:
    parts = [f"{'#' * level} `{name}`", markdown.inline(parser.description or "")]
    arguments = [_argument(action) for action in parser._actions if _is_shown(action)]
    if arguments:
        parts.append(markdown.table(("argument", "default", "meaning"), arguments))
    if parser.epilog and parser.epilog != epilog_above:
        parts.append(markdown.code_block(parser.epilog))
    parts += [_command(f"{name} {word}", inner, level + 1, parser.epilog) for word, inner in _subcommands(parser)]
    return "\n\n".join(filter(None, parts))


def _is_shown(action: argparse.Action) -> bool:
    hidden = isinstance(action, (argparse._HelpAction, argparse._SubParsersAction)) or action.help == argparse.SUPPRESS
    return not hidden


def _argument(action: argparse.Action) -> tuple[str, str, str]:
    placeholder = action.metavar or ("" if action.nargs == 0 else action.dest.upper())
    shown = placeholder if isinstance(placeholder, str) else " ".join(placeholder)
    if action.choices and not action.metavar:
        shown = "|".join(map(str, action.choices))
    names = ", ".join(action.option_strings)
    return f"`{f'{names} {shown}'.strip()}`", _default(action), _help(action)


def _default(action: argparse.Action) -> str:
    """Return the default; nothing where the help text tells it, since then it depends on the machine."""
    told = "default" in _help(action)
    nothing = action.default is None or action.default in ("", [], argparse.SUPPRESS)
    if action.nargs == 0 or nothing or told:
        return ""
    values = action.default if isinstance(action.default, (list, tuple)) else [action.default]
    return " ".join(f"`{value}`" for value in values)


def _help(action: argparse.Action) -> str:
    # The default has a column of its own.
    text = re.sub(r"\s*\(?default: %\(default\)s\)?", "", action.help or "")
    return markdown.inline(text.replace("%%", "%").strip().rstrip(";,"))


def _subcommands(parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices.items()
