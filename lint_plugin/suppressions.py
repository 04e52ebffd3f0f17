"""Comments that suppress findings, read as flake8 reads them, so that the command and the plugin give the same verdict.

A line is suppressed by ``noqa`` in a comment, alone or with codes or beginnings of codes; a whole file by
``flake8: noqa`` in a line of its own.
"""

from __future__ import annotations

import re
import tokenize
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from lint_plugin.finding import Finding

# flake8's own forms (flake8.defaults: NOQA_INLINE_REGEX and NOQA_FILE).
_LINE = re.compile(r"# noqa(?::[\s]?(?P<codes>(?:[A-Z]+[0-9]+(?:[,\s]+)?)+))?", re.IGNORECASE)
_FILE = re.compile(r"\s*# flake8[:=]\s*noqa", re.IGNORECASE)
_CODE = re.compile(r"[A-Z]+[0-9]+", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]{2}")

_SILENT = (tokenize.ENDMARKER, tokenize.DEDENT)


class Suppression(NamedTuple):
    """One comment that suppresses.

    Args:
        line: where it stands.
        column: where it begins in the line, from 1.
        codes: the codes or beginnings of codes that it suppresses; empty when it suppresses everything.
        reason: what it says besides.
        whole_file: it holds for the whole file.
        lines: the lines for which it holds, first and last.
        is_comment: it is a comment; flake8 reads strings that look like one, too.
    """

    line: int
    column: int
    codes: tuple[str, ...]
    reason: str
    whole_file: bool
    lines: tuple[int, int]
    is_comment: bool = True

    def hides(self, finding: Finding) -> bool:
        """Tell whether it suppresses a finding."""
        if not self.whole_file and not self.lines[0] <= finding.line <= self.lines[1]:
            return False
        return not self.codes or finding.code.startswith(self.codes)


def suppressions(lines: list[str]) -> list[Suppression]:
    """Return all comments of a file that suppress something.

    Args:
        lines: of the file, without line ends.
    """
    concerned = [number for number, line in enumerate(lines, 1) if "noqa" in line.lower()]
    if not concerned:
        return []
    found = [_for_file(number, lines[number - 1]) for number in concerned if _FILE.match(lines[number - 1])]
    joined, commented = _joined_lines(lines)
    taken: set[tuple[int, int]] = set()
    for number in concerned:
        span = joined.get(number, (number, number))
        one = _LINE.search(lines[number - 1])
        # Of several comments in lines that are taken for one, flake8 reads the first.
        if one is not None and span not in taken:
            taken.add(span)
            comment = commented is None or one.start() >= commented.get(number, len(lines[number - 1]))
            found.append(_for_line(number, one, lines[number - 1], span)._replace(is_comment=comment))
    return found


def without_suppressed(findings: Iterable[Finding], found: Iterable[Suppression]) -> list[Finding]:
    """Return the findings that no comment suppresses."""
    comments = list(found)
    return [finding for finding in findings if not any(one.hides(finding) for one in comments)]


def _for_file(number: int, line: str) -> Suppression:
    return Suppression(number, line.index("#") + 1, (), "", True, (number, number))


def _for_line(number: int, found: re.Match[str], line: str, span: tuple[int, int]) -> Suppression:
    reason = line[found.end() :].strip(" \t#:;-,.")
    said = reason if _LETTERS.search(reason) else ""
    return Suppression(number, found.start() + 1, _codes(found["codes"]), said, False, span)


def _codes(text: str | None) -> tuple[str, ...]:
    return tuple(_CODE.findall(text or ""))


def comments(lines: list[str]) -> Iterator[tokenize.TokenInfo]:
    """Yield the comments of a file, up to the place where it stops being Python."""
    source = iter([line + "\n" for line in lines])
    try:
        for token in tokenize.generate_tokens(lambda: next(source, "")):
            if token.type == tokenize.COMMENT:
                yield token
    except (tokenize.TokenError, SyntaxError):
        return


def _joined_lines(lines: list[str]) -> tuple[dict[int, tuple[int, int]], dict[int, int] | None]:
    """Return which lines flake8 takes for one, those joined by a backslash or in one string, and where comments begin.

    In a file that is not Python every line stands for itself, and anything may be a comment.
    """
    commented: dict[int, int] = {}
    joined: dict[int, tuple[int, int]] = {}
    source = iter([line + "\n" for line in lines])
    first, last = len(lines) + 2, -1
    try:
        for token in tokenize.generate_tokens(lambda: next(source, "")):
            if token.type in _SILENT:
                continue
            if token.type == tokenize.COMMENT:
                commented[token.start[0]] = token.start[1]
            first, last = min(first, token.start[0]), max(last, token.end[0])
            if token.type in (tokenize.NL, tokenize.NEWLINE):
                joined.update(dict.fromkeys(range(first, last + 1), (first, last)))
                first, last = len(lines) + 2, -1
    except (tokenize.TokenError, SyntaxError):
        return {}, None
    return joined, commented
