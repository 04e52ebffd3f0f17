"""Checks the examples in docstrings: each docstring as a program of its own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from lint_plugin.finding import Finding
from lint_plugin.statements import statements

_EXAMPLE = re.compile(r"(\s*)(?:>>>|\.\.\.)(?: (.*)|)\Z")


def examples(tree: ast.Module, lines: list[str]) -> Iterator[tuple[list[str], dict[int, int]]]:
    """Yield the code of each docstring as lines of the whole file, with the column at which each line begins.

    Args:
        tree: the file.
        lines: its lines.
    """
    for node in (tree, *statements(tree)):
        if not isinstance(node, (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) or not node.body:
            continue
        first = node.body[0]
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
            code, columns = _code(lines, first.lineno, first.end_lineno or first.lineno)
            if columns:
                yield code, columns


def _code(lines: list[str], start: int, end: int) -> tuple[list[str], dict[int, int]]:
    code = [""] * len(lines)
    columns: dict[int, int] = {}
    for number in range(start, end + 1):
        found = _EXAMPLE.match(lines[number - 1].removeprefix('"""').removeprefix("'''"))
        if found is not None:
            code[number - 1] = found[2] or ""
            columns[number] = lines[number - 1].find(found[2] or "")
    return code, columns


def placed(finding: Finding, columns: dict[int, int]) -> Finding:
    """Return a finding in an example at its place in the file."""
    return finding._replace(column=finding.column + columns.get(finding.line, 0))
