"""Findings for people: each with the line of the source and a mark below it."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator

from lint_plugin.finding import Finding

_RED, _BOLD, _PLAIN = "\x1b[31m", "\x1b[1m", "\x1b[0m"


def full(findings: Iterable[Finding], colour: bool) -> Iterator[str]:
    """Yield each finding with its source line."""
    sources: dict[str, list[str]] = {}
    for finding in findings:
        yield _headline(finding, colour)
        lines = sources.setdefault(finding.path, _lines(finding.path))
        if finding.line <= len(lines):
            source = printable(lines[finding.line - 1].rstrip())
            yield f"    {source}"
            yield f"    {' ' * (finding.column - 1)}^"


def concise(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield one line a finding: ``path:line:column: CODE message``."""
    return (printable(str(finding)) for finding in findings)


def _headline(finding: Finding, colour: bool) -> str:
    place = printable(f"{finding.path}:{finding.line}:{finding.column}")
    message = printable(finding.message) + (" (warning)" if finding.level == "warning" else "")
    if colour:
        return f"{_BOLD}{place}{_PLAIN}: {_RED}{finding.code}{_PLAIN} {message}"
    return f"{place}: {finding.code} {message}"


def _lines(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read().split("\n")
    except OSError:
        return []


def show_everything() -> None:
    """Let standard output take every character: names of files may hold bytes that are no text in its encoding."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def printable(text: str) -> str:
    """Return the text without characters that would steer a terminal; files that are checked are not trusted."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() or character == "\t" else "\ufffd" for character in text)
