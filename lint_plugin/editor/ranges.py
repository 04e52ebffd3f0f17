"""Where a finding is in a text: from the place that it names to the end of what stands there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from lint_plugin.checker import character_column
from lint_plugin.finding import Finding

# Those of the protocol, which are Python's too; form feeds and their like end no line.
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_WORD = re.compile(r"[\w.]+|\S")


class Extent(NamedTuple):
    """A part of one line; the line counts from 0, the columns count characters from 0."""

    line: int
    start: int
    end: int


def lines_of(text: str) -> list[str]:
    """Return the lines of a text with their ends; the last one is empty when the text ends with a line end."""
    found = _LINE.findall(text)
    # A pattern that may match nothing does so once more after a last line without an end.
    return found[:-1] if len(found) > 1 and not found[-1] and not found[-2].endswith(("\r", "\n")) else found


def extents(findings: list[Finding], text: str) -> list[Extent]:
    """Return for each finding the part of the text that it is about, at most to the end of its line."""
    lines = [line.rstrip("\r\n") for line in lines_of(text)]
    ends = _ends(text, lines)
    return [_extent(finding, lines, ends) for finding in findings]


def _extent(finding: Finding, lines: list[str], ends: dict[tuple[int, int], int]) -> Extent:
    line = min(finding.line, len(lines)) - 1
    length = len(lines[line])
    start = min(finding.column - 1, length)
    end = ends.get((line, start), 0)
    if end <= start:
        word = _WORD.match(lines[line], start)
        end = word.end() if word is not None else start
    if end == start:
        # Editors show nothing of an empty range.
        start, end = max(start - 1, 0), max(start, min(1, length))
    return Extent(line, start, min(end, length))


def _ends(text: str, lines: list[str]) -> dict[tuple[int, int], int]:
    """Return by line and column where the longest thing that begins there ends, in the same line."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    ends: dict[tuple[int, int], int] = {}
    for node in _placed(tree):
        line, start = node.lineno - 1, character_column(lines, node.lineno, node.col_offset)
        ends[line, start] = max(ends.get((line, start), 0), _end(node, lines))
    return ends


def _placed(tree: ast.AST) -> Iterator[ast.stmt | ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.stmt, ast.expr)) and node.lineno >= 1:
            yield node


def _end(node: ast.stmt | ast.expr, lines: list[str]) -> int:
    line = lines[node.lineno - 1] if node.lineno <= len(lines) else ""
    if node.end_lineno == node.lineno:
        return character_column(lines, node.lineno, node.end_col_offset or 0)
    return len(line.rstrip())
