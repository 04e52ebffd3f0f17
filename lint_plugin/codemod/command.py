"""``tracing-codemod``: migrates direct OpenTelemetry use to the facade, and lists what it leaves to a person."""

from __future__ import annotations

import argparse
import difflib
import json
import multiprocessing
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

import libcst as cst

from lint_plugin.codemod.atomic_write import replace_content
from lint_plugin.codemod.depth import TooDeepError, refuse_too_deep, with_deep_stack
from lint_plugin.codemod.migration import Migration, may_use_opentelemetry, migrate
from lint_plugin.codemod.wanted import names_wanted_elsewhere
from lint_plugin.discovery import python_files
from lint_plugin.settings import Settings, SettingsError, load_settings, settings_for

_EXAMPLES = """\
examples:
  tracing-codemod fix src            migrate the files below src
  tracing-codemod fix --diff src     show what would change; write nothing
  tracing-codemod fix --format json  for a program

exit codes: 0 nothing changed and nothing left, 1 files were changed or something is left to a person,
            2 the call or the settings are wrong, or a file cannot be read, parsed or written
"""
_PROGRESS_EVERY = 50
_WORTH_PROCESSES = 8


class Outcome(NamedTuple):
    """What became of one file: a migration, or why there is none."""

    path: str
    before: bytes
    migration: Migration | None
    problem: str = ""

    @property
    def changed(self) -> bool:
        """Whether the file has new content."""
        return self.migration is not None and self.migration.source != self.before


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: the words after the command's name; by default those of the process.

    Returns:
        The exit code: 0 nothing changed or left, 1 something was, 2 a wrong call, settings or file.
    """
    options = build_parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except SettingsError as error:
        print(f"tracing-codemod: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
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
    fix.add_argument(
        "--jobs",
        type=_positive,
        default=os.cpu_count() or 1,
        metavar="N",
        help="processes for many files (default: %(default)s)",
    )
    fix.set_defaults(run=_fix)
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
    outcomes = list(_outcomes(options.paths, common, options.jobs))
    if not (options.check or options.diff):
        outcomes = [_written(outcome) for outcome in outcomes]
    if options.format == "json":
        print(json.dumps([_as_dict(outcome) for outcome in outcomes], indent=2))
    else:
        for line in _lines(outcomes, options):
            print(line)
    if any(outcome.problem for outcome in outcomes):
        return 2
    return int(any(outcome.changed or (outcome.migration and outcome.migration.left) for outcome in outcomes))


def _outcomes(paths: Sequence[str], common: Settings | None, jobs: int) -> Iterator[Outcome]:
    """Yield what becomes of every file that names OpenTelemetry and may not import it."""
    sources: dict[str, bytes] = {}
    for path in paths:
        for file in python_files(path):
            settings = common or settings_for(file)
            if settings.allows(file) or (settings.excludes(file) and file != path):
                continue
            try:
                with open(file, "rb") as stream:
                    sources[file] = stream.read()
            except OSError as error:
                yield Outcome(file, b"", None, f"cannot be read: {error.strerror}; check its permissions")
    wanted = names_wanted_elsewhere(sources)
    tasks = [
        (file, source, wanted.get(file, frozenset()))
        for file, source in sources.items()
        if may_use_opentelemetry(source)
    ]
    if len(tasks) < _WORTH_PROCESSES or jobs == 1:
        yield from _told(map(_outcome, tasks), len(tasks))
        return
    # Not forked: the parser's thread with the deep stack would be left behind in the children.
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        yield from _told(pool.map(_outcome, tasks), len(tasks))


def _told(outcomes: Iterable[Outcome], total: int) -> Iterator[Outcome]:
    for number, outcome in enumerate(outcomes, 1):
        if total >= _PROGRESS_EVERY and number % _PROGRESS_EVERY == 0:
            print(f"{number} of {total} files", file=sys.stderr)
        yield outcome


def _outcome(task: tuple[str, bytes, frozenset[str]]) -> Outcome:
    file, source, wanted = task
    try:
        refuse_too_deep(source)
        return Outcome(file, source, with_deep_stack(lambda: migrate(source, wanted)))
    except cst.ParserSyntaxError as error:
        return Outcome(file, source, None, f"cannot be parsed: line {error.raw_line}: {error.message}")
    except (UnicodeDecodeError, SyntaxError, LookupError) as error:
        return Outcome(file, source, None, f"cannot be decoded: {error}")
    except (TooDeepError, RecursionError) as error:
        return Outcome(file, source, None, str(error) if isinstance(error, TooDeepError) else "is nested too deep")
    except Exception as error:  # a fault of ours in one file must not stop the others
        return Outcome(file, source, None, f"cannot be migrated, which is a fault of this tool: {error!r}")


def _written(outcome: Outcome) -> Outcome:
    if not outcome.changed or outcome.migration is None:
        return outcome
    try:
        replace_content(outcome.path, outcome.before, outcome.migration.source)
    except OSError as error:
        return outcome._replace(migration=None, problem=f"cannot be written: {error.strerror or error}")
    return outcome


def _lines(outcomes: Sequence[Outcome], options: argparse.Namespace) -> Iterator[str]:
    verb = "would migrate" if options.check or options.diff else "migrated"
    for outcome in outcomes:
        if outcome.problem:
            yield f"{outcome.path}: {outcome.problem}"
        if outcome.migration is None:
            continue
        if options.diff and outcome.changed:
            yield from _diff(outcome)
        for fixed in () if options.diff else outcome.migration.fixed:
            yield f"{outcome.path}:{fixed.line}:{fixed.column}: {verb} {fixed.idiom}"
        for left in outcome.migration.left:
            yield f"{outcome.path}:{left.line}:{left.column}: left `{left.code}`: {left.reason}"
    fixes = sum(len(outcome.migration.fixed) for outcome in outcomes if outcome.migration)
    lefts = sum(len(outcome.migration.left) for outcome in outcomes if outcome.migration)
    changed = sum(outcome.changed for outcome in outcomes)
    yield f"{verb} {fixes} uses in {changed} files; left {lefts} to a person"


def _diff(outcome: Outcome) -> Iterator[str]:
    assert outcome.migration is not None
    before, after = (
        text.decode("utf-8", "replace").splitlines() for text in (outcome.before, outcome.migration.source)
    )
    yield from difflib.unified_diff(before, after, outcome.path, outcome.path, lineterm="")


def _as_dict(outcome: Outcome) -> dict[str, object]:
    migration = outcome.migration or Migration(outcome.before, (), ())
    return {
        "path": outcome.path,
        "changed": outcome.changed,
        "problem": outcome.problem,
        "fixed": [fixed._asdict() for fixed in migration.fixed],
        "left": [left._asdict() for left in migration.left],
    }


if __name__ == "__main__":
    sys.exit(main())
