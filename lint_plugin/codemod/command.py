"""``tracing-codemod``: migrates direct OpenTelemetry use to the facade, and lists what it leaves to a person."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from lint_plugin.codemod import reports
from lint_plugin.codemod.atomic_write import replace_content
from lint_plugin.codemod.idiom import all_idioms
from lint_plugin.codemod.outcome import Migration
from lint_plugin.codemod.runner import Outcome, outcomes_below
from lint_plugin.reports.text import show_everything
from lint_plugin.settings import SettingsError, load_settings

_EXAMPLES = """\
examples:
  tracing-codemod fix src            migrate the files below src
  tracing-codemod fix --diff src     show what would change; write nothing
  tracing-codemod fix --format json  for a program
  tracing-codemod idioms             what can be migrated, and to what

exit codes: 0 nothing changed and nothing left, 1 files were changed or something is left to a person,
            2 the call or the settings are wrong, or a file cannot be read, parsed or written
"""
_PROGRESS_EVERY = 50
_WORTH_PROCESSES = 8


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: the words after the command's name; by default those of the process.

    Returns:
        The exit code: 0 nothing changed or left, 1 something was, 2 a wrong call, settings or file.
    """
    show_everything()
    options = build_parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except SettingsError as error:
        print(f"tracing-codemod: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader of our output has seen enough, as in `tracing-codemod fix --diff | head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line; the reference page is written from it."""
    parser = argparse.ArgumentParser(
        prog="tracing-codemod",
        description="Migrate direct OpenTelemetry use to tracing_facade.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    fix = commands.add_parser("fix", help="migrate files and folders in place", epilog=_EXAMPLES,
                              formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    fix.add_argument("paths", nargs="*", default=["."], metavar="PATH", help="files and folders (default: this one)")
    fix.add_argument("--config", metavar="FILE", help="settings to use instead of the nearest ones of each file")
    fix.add_argument("--check", action="store_true", help="write nothing; say what would change")
    fix.add_argument("--diff", action="store_true", help="write nothing; show what would change")
    fix.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    fix.add_argument("--jobs", type=_positive, default=os.cpu_count() or 1, metavar="N",
                     help="processes for many files (default: one for each processor)")  # fmt: skip
    fix.set_defaults(run=_fix)
    idioms = commands.add_parser("idioms", help="show what can be migrated, and to what")
    idioms.set_defaults(run=_idioms)
    return parser


def _positive(text: str) -> int:
    if not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive whole number")
    return int(text)


def _fix(options: argparse.Namespace) -> int:
    missing = [path for path in options.paths if not os.path.lexists(path)]
    if missing:
        print(f"tracing-codemod: {missing[0]!r} does not exist; name files or folders", file=sys.stderr)
        return 2
    common = load_settings(options.config) if options.config else None
    outcomes = outcomes_below(options.paths, common, options.jobs, _tell)
    writes = not (options.check or options.diff)
    if writes:
        outcomes = [_written(outcome) for outcome in outcomes]
    if options.format == "json":
        print(reports.as_json(outcomes, writes))
    else:
        for line in reports.as_text(outcomes, writes, options.diff, sys.stdout.isatty()):
            print(line)
    if any(outcome.problem for outcome in outcomes):
        return 2
    return int(any(outcome.changed or outcome.migration.left for outcome in outcomes))


def _tell(done: int, total: int) -> None:
    """Say on standard error how far long work has come."""
    if done % _PROGRESS_EVERY == 0 and done < total:
        print(f"{done} of {total} files", file=sys.stderr)


def _written(outcome: Outcome) -> Outcome:
    if not outcome.changed:
        return outcome
    try:
        replace_content(outcome.path, outcome.before, outcome.after)
    except OSError as error:
        problem = f"cannot be written: {error.strerror or error}"
        return outcome._replace(after=outcome.before, migration=Migration(""), problem=problem)
    return outcome


def _idioms(options: argparse.Namespace) -> int:
    print("\n\n".join(f"{found.idiom.name}\n\n{found.explanation}" for found in all_idioms()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
