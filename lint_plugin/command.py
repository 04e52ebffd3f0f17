"""``tracing-lint``: the checker without flake8, with the same verdicts."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Any

from lint_plugin import check_command
from lint_plugin.help_text import HelpText
from lint_plugin.reports.text import show_everything
from lint_plugin.settings import SettingsError

_EXAMPLES = """\
examples:
  tracing-lint check                      check the files below this folder
  tracing-lint check src tests            check two folders
  tracing-lint check --format json src    for a program
  tracing-lint rules TRF101               explain one rule

exit codes: 0 nothing found, 1 something found, 2 the call or the settings are wrong
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: the words after the command's name; by default those of the process.

    Returns:
        The exit code: 0 nothing found, 1 something found, 2 the call or the settings are wrong.
    """
    show_everything()
    words = list(sys.argv[1:] if arguments is None else arguments)
    options = build_parser(words[0] if words else "").parse_args(words)
    try:
        return int(options.run(options))
    except SettingsError as error:
        print(f"tracing-lint: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader of our output has seen enough, as in `tracing-lint check | head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def build_parser(word: str = "") -> argparse.ArgumentParser:
    """Return the parser of the command line; the reference page is written from it.

    Args:
        word: the sub-command that will be used; others need not be loaded. By default all are.
    """
    # Its words in English as ours are: to look for a translation loads modules and asks for files.
    argparse.__dict__["_"] = str
    parser = argparse.ArgumentParser(
        prog="tracing-lint",
        description="Keep tracing_facade the only way to start spans.",
        epilog=_EXAMPLES,
        formatter_class=HelpText,
    )
    # With a name for the program no help has to be laid out to find one.
    commands = parser.add_subparsers(required=True, metavar="COMMAND", prog="tracing-lint")
    check_command.add_to(commands, _EXAMPLES)
    if word != "check":
        _add_others(commands)
    return parser


def _add_others(commands: Any) -> None:
    from lint_plugin import baseline_command, export_command, rules_command
    from lint_plugin.editor import command as editor
    from lint_plugin.policy import arguments as policy
    from lint_plugin.spans import arguments as spans

    baseline_command.add_to(commands)
    rules_command.add_to(commands)
    export_command.add_to(commands)
    editor.add_to(commands)
    spans.add_to(commands)
    policy.add_to(commands)


if __name__ == "__main__":
    sys.exit(main())
