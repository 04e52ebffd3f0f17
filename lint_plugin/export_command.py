"""``tracing-lint export ruff``: the closest that ruff can do, and what it will miss."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import Any

from lint_plugin.settings import Settings, load_settings, settings_for

_EXAMPLES = """\
examples:
  tracing-lint export ruff > ruff.toml    the closest that ruff can do, with what it will miss on top

In a pyproject.toml the same tables stand below `tool.ruff`.
"""
_MISSED = """\
# Written by `tracing-lint export ruff`.
# ruff checks import statements and attribute access (TID251). It will miss what tracing-lint finds besides:
#   TRF102 importlib.import_module, __import__, pkgutil, pydoc and their like, with names of any construction
#   TRF103 runpy, imp and loaders of files
#   TRF104 sys.modules
#   TRF105 text that exec, eval, timeit and their like run
#   TRF106 annotations in strings and type comments
#   TRF107 names that a first-party module passes on
#   TRF108 private names of the facade, other than by import
#   TRF109 requirements and entry points
#   TRF15x what only strict mode tells: loads that cannot be decided, modules named by strings
#   TRF2xx everything about spans
#   TRF3xx suppressions without a reason, and a baseline that may only shrink
# A comment `# noqa: TRF101` says nothing to ruff, which wants `# noqa: TID251`.
"""


def add_to(commands: Any) -> None:
    """Add ``export`` to the sub-commands of ``tracing-lint``."""
    parser = commands.add_parser(
        "export",
        help="write the settings for another linter",
        description="Write the settings for another linter, as close as it can come.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("linter", choices=("ruff",), help="for which")
    parser.add_argument("--config", metavar="FILE", help="settings to use instead of the nearest ones")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the settings.

    Raises:
        SettingsError: our own settings cannot be used.
    """
    settings = load_settings(options.config) if options.config else settings_for(os.getcwd())
    sys.stdout.write(for_ruff(settings))
    return 0


def for_ruff(settings: Settings) -> str:
    """Return a ``ruff.toml`` that comes closest to these settings."""
    message = f"use {settings.facade} instead"
    banned = "\n".join(f"{json.dumps(module)}.msg = {json.dumps(message)}" for module in settings.sealed)
    parts = [_MISSED, f'[lint]\nextend-select = ["TID251"]\n\n[lint.flake8-tidy-imports.banned-api]\n{banned}\n']
    globs = (*settings.allow, *settings.exclude)
    if globs:
        allowed = "\n".join(f'{json.dumps(_as_ruff_has_it(glob))} = ["TID251"]' for glob in globs)
        parts.append(f"[lint.per-file-ignores]\n{allowed}\n")
    crossing = [glob for glob in globs if "*" in glob.replace("**", "")]
    if crossing:
        parts.append(f"# For ruff one star crosses folders too, so these allow more than here: {', '.join(crossing)}\n")
    if settings.permit:
        names = ", ".join(settings.permit)
        parts.append(
            f"# ruff cannot permit a part of what is banned. It will report these, which are permitted: {names}\n"
        )
    return "\n".join(parts)


def _as_ruff_has_it(glob: str) -> str:
    """Return a glob of ours in ruff's language.

    There a bracket begins a set of characters, a folder does not stand for what is in it, and a name without a folder
    is looked for in all folders.
    """
    plain = glob.removeprefix("./").replace("[", "[[]")
    return f"./{plain}**" if plain.endswith("/") else f"./{plain}"
