"""The words of ``tracing-lint spans``; what they do is loaded when one of them is said."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable
from typing import Any

_EXAMPLES = """\
examples:
  tracing-lint spans list shop/spans.py                                    what is declared
  tracing-lint spans docs shop/spans.py --output docs/spans.md             the reference page
  tracing-lint spans golden shop/spans.py --output tests/golden/spans.yaml write down what is promised
  tracing-lint spans check shop/spans.py --against tests/golden/spans.yaml are the promises kept?
  tracing-lint spans check shop/spans.py --against v1.4.0 --release 1.5    kept since the tag v1.4.0?
  tracing-lint spans export weaver shop/spans.py --output registry         for OpenTelemetry Weaver
  tracing-lint spans import weaver registry --output shop/spans.py         and back

exit codes: 0 every promise is kept, 1 one is broken or needs an alias, or a declaration cannot be read,
            2 the call is wrong
"""


def add_to(commands: Any) -> None:
    """Add ``spans`` to the sub-commands of ``tracing-lint``."""
    spans = commands.add_parser(
        "spans",
        help="what the declared spans promise, and whether a change keeps it",
        description="Read declarations of spans without running them: list, document, compare, exchange.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = spans.add_subparsers(required=True, metavar="VERB")
    _add_list(verbs)
    _add_docs(verbs)
    _add_golden(verbs)
    _add_check(verbs)
    _add_export(verbs)
    _add_import(verbs)


def _verb(verbs: Any, name: str, action: str, help: str) -> argparse.ArgumentParser:
    verb: argparse.ArgumentParser = verbs.add_parser(
        name, help=help, description=f"{help[0].upper()}{help[1:]}.", epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    verb.set_defaults(run=_later(action))
    return verb


def _later(action: str) -> Callable[[argparse.Namespace], int]:
    """Return a function that loads what is needed, YAML and the facade's declarations among it, when it is called."""
    module, _, name = action.rpartition(".")

    def run(options: argparse.Namespace) -> int:
        return int(getattr(importlib.import_module(f"lint_plugin.spans.{module}"), name)(options))

    return run


def _add_paths(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "paths",
        nargs="+",
        metavar="PATH",
        help="files of declarations, in which everything must be a literal; or folders, in which promises must be",
    )


def _add_list(verbs: Any) -> None:
    verb = _verb(verbs, "list", "command.list_spans", "list every declared span")
    _add_paths(verb)
    verb.add_argument("--format", choices=("text", "json"), default="text", help="json is for programs")


def _add_docs(verbs: Any) -> None:
    verb = _verb(verbs, "docs", "command.write_docs", "write the reference page of the declared spans, in Markdown")
    _add_paths(verb)
    verb.add_argument("--title", default="Spans", help="heading of the page; default: %(default)s")
    verb.add_argument("--output", metavar="FILE", help="where to; without it the page is printed")


def _add_golden(verbs: Any) -> None:
    verb = _verb(verbs, "golden", "command.write_golden", "write down what is promised: the BETA and STABLE spans")
    _add_paths(verb)
    target = verb.add_mutually_exclusive_group()
    target.add_argument("--output", metavar="FILE", help="where to; without it the text is printed")
    target.add_argument("--check", metavar="FILE", help="write nothing; fail when FILE says anything else")


def _add_check(verbs: Any) -> None:
    verb = _verb(verbs, "check", "command.check_promises", "tell for every change whether it keeps what was promised")
    _add_paths(verb)
    verb.add_argument(
        "--against", required=True, metavar="WHAT", help="a golden file, a file of declarations, or a git revision"
    )
    verb.add_argument(
        "--release",
        metavar="VERSION",
        help="the release in which the change will appear (default: the version in the nearest pyproject.toml)",
    )
    verb.add_argument(
        "--format",
        choices=("text", "json", "github"),
        default="text",
        help="json is for programs, github for annotations of a pull request",
    )


def _add_export(verbs: Any) -> None:
    verb = _verb(verbs, "export", "weaver.command.export_to", "write the declarations in another format")
    verb.add_argument("to", choices=("weaver",), help="the format: a registry of OpenTelemetry Weaver")
    _add_paths(verb)
    verb.add_argument("--output", required=True, metavar="FOLDER", help="the folder of the registry; is made")
    verb.add_argument(
        "--schema-url",
        metavar="URL",
        default="https://example.com/schemas/0.1.0",
        help="what identifies the registry and its version; default: %(default)s",
    )


def _add_import(verbs: Any) -> None:
    verb = _verb(verbs, "import", "weaver.command.import_from", "write a file of declarations from another format")
    verb.add_argument("source", choices=("weaver",), help="the format: a registry of OpenTelemetry Weaver")
    verb.add_argument("folder", metavar="FOLDER", help="the folder of the registry")
    verb.add_argument(
        "--span", action="append", default=[], metavar="GLOB", help="only spans whose names match, such as 'http.*'"
    )
    verb.add_argument("--output", metavar="FILE", help="where to; without it the file is printed")
