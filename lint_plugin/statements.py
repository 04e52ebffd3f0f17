"""Walks the statements of a file, and tells what import statements name."""

from __future__ import annotations

import ast
from collections.abc import Iterator

_BODIES = ("body", "orelse", "finalbody", "handlers", "cases")


def statements(tree: ast.AST) -> Iterator[ast.stmt]:
    """Yield every statement, nested ones too, in no particular order; expressions are not entered."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.stmt):
            yield node
        for name in _BODIES:
            inner = getattr(node, name, None)
            if isinstance(inner, list):
                waiting.extend(inner)


def import_statements(tree: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield every import statement."""
    return (node for node in statements(tree) if isinstance(node, (ast.Import, ast.ImportFrom)))


def imported(node: ast.stmt) -> list[str]:
    """Return the dotted names that an import statement names; relative ones are left out.

    The parent of `from a import b` is imported too, but the names are what the statement is for: it is judged as `a.b`,
    so that a permitted part of a sealed package can be imported.
    """
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and not node.level and node.module:
        return [node.module if alias.name == "*" else f"{node.module}.{alias.name}" for alias in node.names]
    return []
