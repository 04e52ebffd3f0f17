"""Walks the statements of a file, and tells what import statements name."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

_BODIES = ("body", "orelse", "finalbody", "handlers", "cases")
_WITH_BODIES = (ast.Module, ast.stmt, ast.excepthandler, ast.match_case)

BODIES_OF: dict[type, tuple[str, ...]] = {
    kind: names
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, _WITH_BODIES)
    if (names := tuple(name for name in _BODIES if name in kind._fields))
}
"""For each kind of node that has statements in it, the fields that hold them; in a set order, so few are looked at."""


def statements(tree: ast.AST) -> list[ast.stmt]:
    """Return every statement, nested ones too, in no particular order; expressions are not entered."""
    # Each body is appended while the list is gone through.
    found: list[ast.AST] = [tree]
    for node in found:
        for name in BODIES_OF.get(type(node), ()):
            found += getattr(node, name)
    return [node for node in found if isinstance(node, ast.stmt)]


def import_statements(found: Iterable[ast.stmt]) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield the import statements among others."""
    return (node for node in found if isinstance(node, (ast.Import, ast.ImportFrom)))


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
