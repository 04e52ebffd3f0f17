"""A syntax tree with its parents, and the places and code of its nodes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any, NamedTuple, TypeVar

from lint_plugin.codemod.scopes import Scopes

Node = TypeVar("Node", bound=ast.AST)


class Range(NamedTuple):
    """Where a node stands; lines count from 1, columns from 0 and in characters."""

    line: int
    column: int
    end_line: int
    end_column: int


class Syntax:
    """One file as a syntax tree.

    Args:
        text: the file.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: as ``ast.parse``.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = ast.parse(text)
        self.lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self.scopes = Scopes(self.tree)
        self.nodes: list[ast.AST] = []
        """Every node in the order of the file, those in quoted annotations left out."""
        self._parents: dict[ast.AST, ast.AST] = {}
        self._index(self.tree)

    def _index(self, root: ast.AST) -> None:
        waiting = [root]
        while waiting:
            node = waiting.pop()
            self.nodes.append(node)
            children = list(ast.iter_child_nodes(node))
            for child in children:
                self._parents[child] = node
            waiting += reversed(children)

    def parent(self, node: ast.AST) -> ast.AST | None:
        """Return the node that contains this one; None for the module and inside of quoted annotations."""
        return self._parents.get(node)

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield the nodes that contain this one, the nearest first."""
        above = self._parents.get(node)
        while above is not None:
            yield above
            above = self._parents.get(above)

    def ancestor(self, node: ast.AST, kind: type[Node] | tuple[type[Node], ...]) -> Node | None:
        """Return the nearest node of this kind that contains this one."""
        return next((found for found in self.ancestors(node) if isinstance(found, kind)), None)

    def all_of(self, kind: type[Node]) -> Iterator[Node]:
        """Yield every node of this kind in the order of the file, those in quoted annotations left out."""
        return (node for node in self.nodes if isinstance(node, kind))

    def range_of(self, node: ast.AST) -> Range:
        """Return where a node with a place stands; of one in a quoted annotation, where the string stands."""
        place: Any = self.scopes.quoted.get(node, node)
        return Range(
            place.lineno,
            self._column(place.lineno, place.col_offset),
            place.end_lineno,
            self._column(place.end_lineno, place.end_col_offset),
        )

    def _column(self, line: int, offset: int) -> int:
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        return offset if text.isascii() else len(text.encode("utf-8", "replace")[:offset].decode("utf-8", "ignore"))

    def code(self, node: ast.AST) -> str:
        """Return a node as it is written."""
        if node in self.scopes.quoted:
            node = self.scopes.quoted[node]
        line, column, end_line, end_column = self.range_of(node)
        if line == end_line:
            return self.lines[line - 1][column:end_column]
        first, last = self.lines[line - 1][column:], self.lines[end_line - 1][:end_column]
        return "\n".join([first, *self.lines[line : end_line - 1], last])

    def is_in_its_place(self, node: ast.AST) -> bool:
        """Tell whether the code at the place of an expression is this expression."""
        try:
            return ast.dump(ast.parse(f"({self.code(node)})", mode="eval").body) == ast.dump(node)
        except (SyntaxError, ValueError, IndexError):
            return False

    def line(self, node: ast.AST) -> int:
        """Return the line in which a node starts."""
        return self.range_of(node).line
