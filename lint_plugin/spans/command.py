"""What ``tracing-lint spans`` does: list, docs, golden, check."""

from __future__ import annotations

import argparse
import difflib
import os
import sys
from collections.abc import Callable
from functools import wraps

from lint_plugin.declarations import Declarations, read_paths
from lint_plugin.output_file import write_text
from lint_plugin.spans import golden, reports
from lint_plugin.spans.changes import Verdict, worst
from lint_plugin.spans.comparison import compare
from lint_plugin.spans.page import page
from lint_plugin.spans.release import ReleaseError, release_of
from lint_plugin.spans.revision import GitFiles, RevisionError
from tracing_facade.registry import SpanSpec

Action = Callable[[argparse.Namespace], int]


class WrongCall(Exception):
    """The command was called wrongly; the message says what to change."""


def reports_wrong_calls(action: Action) -> Action:
    """Return an action that prints what is wrong with its call, and returns 2 for it."""

    @wraps(action)
    def run(options: argparse.Namespace) -> int:
        try:
            return action(options)
        except (WrongCall, golden.GoldenFileError, ReleaseError, RevisionError) as error:
            print(f"tracing-lint spans: {error}", file=sys.stderr)
            return 2

    return run


@reports_wrong_calls
def list_spans(options: argparse.Namespace) -> int:
    """Print every declared span; what cannot be read goes to standard error."""
    declared = readable(options.paths)
    print(reports.spans(declared, options.format))
    for refusal in (*declared.refusals, *declared.skipped):
        print(refusal, file=sys.stderr)
    return 1 if declared.refusals else 0


@reports_wrong_calls
def write_docs(options: argparse.Namespace) -> int:
    """Write the reference page."""
    declared = readable(options.paths)
    if told(declared):
        return 1
    write(page([span.spec for span in declared.spans], options.title), options.output)
    return 0


@reports_wrong_calls
def write_golden(options: argparse.Namespace) -> int:
    """Write the golden file, or compare it."""
    declared = readable(options.paths)
    if told(declared):
        return 1
    text = golden.dump([span.spec for span in declared.spans], options.paths)
    if not options.check:
        write(text, options.output)
        return 0
    written = _text_of(options.check)
    if written == text:
        return 0
    lines = difflib.unified_diff(
        written.splitlines(), text.splitlines(), options.check, "the declarations", lineterm=""
    )
    print("\n".join(lines))
    command = f"tracing-lint spans golden {' '.join(options.paths)} --output {options.check}"
    print(f"{options.check} is out of date: see `tracing-lint spans check`, then run `{command}`")
    return 1


@reports_wrong_calls
def check_promises(options: argparse.Namespace) -> int:
    """Compare the declarations with what was promised."""
    release = release_of(options.paths[0], options.release)
    declared = readable(options.paths)
    if told(declared, options.format):
        return 1
    before = _promised_before(options.against, options.paths)
    found = compare(before, [span.spec for span in declared.spans], release)
    report = reports.changes(found, declared, options.format)
    if report:
        print(report)
    return 0 if worst(found) is Verdict.COMPATIBLE else 1


def _promised_before(against: str, paths: list[str]) -> list[SpanSpec]:
    if os.path.isfile(against):
        if not against.endswith((".py", ".pyi")):
            return golden.load(_text_of(against), against)
        before = read_paths([against])
    else:
        files = GitFiles(against)
        before = read_paths([path for path in paths if files.has(path)], files, files.python_files)
    if before.refusals:
        listed = "\n  ".join(map(str, before.refusals))
        raise WrongCall(
            f"the declarations of {against} cannot be read:\n  {listed}\nname a golden file or another revision"
        )
    return [span.spec for span in before.spans]


def readable(paths: list[str]) -> Declarations:
    """Return what the files declare.

    Raises:
        WrongCall: one of them does not exist.
    """
    missing = [path for path in paths if not os.path.lexists(path)]
    if missing:
        raise WrongCall(f"{missing[0]!r} does not exist; name files or folders")
    return read_paths(paths)


def told(declared: Declarations, form: str = "text") -> bool:
    """Print what cannot be read, if there is anything, and tell so."""
    if declared.refusals:
        print(reports.refusals(declared.refusals, form), file=sys.stderr if form == "text" else sys.stdout)
    return bool(declared.refusals)


def write(text: str, output: str | None) -> None:
    """Write a text to a file, or print it.

    Raises:
        WrongCall: the file cannot be written.
    """
    if output is None:
        print(text, end="")
        return
    try:
        write_text(output, text)
    except OSError as error:
        raise WrongCall(f"{output!r} cannot be written: {error.strerror}; name another file") from error


def _text_of(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise WrongCall(f"{path!r} cannot be read: {error}; name a golden file") from error
