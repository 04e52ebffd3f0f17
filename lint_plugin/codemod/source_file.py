"""One file as the idioms see it: its syntax tree, where its names come from, and who uses them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import libcst as cst
from libcst.metadata import (
    CodeRange,
    MetadataWrapper,
    ParentNodeProvider,
    PositionProvider,
    QualifiedNameProvider,
    QualifiedNameSource,
    ScopeProvider,
)
from libcst.metadata.scope_provider import Assignment, Scope

SEALED = "opentelemetry"

Node = TypeVar("Node", bound=cst.CSTNode)


class SourceFile:
    """A parsed file.

    Args:
        source: the bytes of the file.

    Raises:
        libcst.ParserSyntaxError: it is no Python.
        UnicodeDecodeError: its bytes are not in the encoding it declares.
    """

    def __init__(self, source: bytes) -> None:
        self._wrapper = MetadataWrapper(cst.parse_module(source), unsafe_skip_copy=True)
        self.module = self._wrapper.module
        # All at once: each walk through the tree takes seconds for a large file.
        found: Any = self._wrapper.resolve_many(
            (ParentNodeProvider, PositionProvider, QualifiedNameProvider, ScopeProvider)
        )
        self._parents: Mapping[cst.CSTNode, cst.CSTNode] = found[ParentNodeProvider]
        self._positions: Mapping[cst.CSTNode, CodeRange] = found[PositionProvider]
        self._names: Mapping[cst.CSTNode, Any] = found[QualifiedNameProvider]
        self._scopes: Mapping[cst.CSTNode, Scope | None] = found[ScopeProvider]
        self._by_kind: dict[type, list[Any]] = {}

    def origin(self, node: cst.CSTNode) -> str:
        """Return the dotted name of what an expression refers to when that was imported, else an empty string."""
        found: Any = self._names.get(node, ())
        if callable(found):  # libcst computes it when it is first asked for
            found = found()
        names = {name.name for name in found if name.source is QualifiedNameSource.IMPORT}
        return names.pop() if len(names) == 1 == len(found) else ""

    def parent(self, node: cst.CSTNode) -> cst.CSTNode:
        """Return the node that contains this one."""
        return self._parents[node]

    def ancestor(self, node: cst.CSTNode, *kinds: type[Node]) -> Node | None:
        """Return the nearest node of one of these kinds that contains this one."""
        while not isinstance(node, cst.Module):
            node = self._parents[node]
            if isinstance(node, kinds):
                return node
        return None

    def position(self, node: cst.CSTNode) -> tuple[int, int]:
        """Return line and column, both counted from 1."""
        start = self._positions[node].start
        return start.line, start.column + 1

    def scope(self, node: cst.CSTNode) -> Scope | None:
        """Return the scope that a node is in."""
        return self._scopes.get(node)

    def only_assignment(self, name: cst.Name) -> Assignment | None:
        """Return the assignment of a variable that is assigned exactly once, by this name node."""
        scope = self.scope(name)
        if scope is None:
            return None
        assignments = [found for found in scope.assignments[name.value] if isinstance(found, Assignment)]
        if len(assignments) != 1 or len(scope.assignments[name.value]) != 1:
            return None
        return assignments[0]

    def references(self, name: cst.Name) -> list[cst.Name] | None:
        """Return every use of a variable, or None when it is assigned elsewhere too."""
        assignment = self.only_assignment(name)
        if assignment is None:
            return None
        return [node for access in assignment.references if isinstance(node := _leftmost(access.node), cst.Name)]

    def all_of(self, kind: type[Node]) -> Iterator[Node]:
        """Yield every node of this kind, in the order of the file."""
        if kind not in self._by_kind:
            found = [node for node in self._parents if isinstance(node, kind)]
            self._by_kind[kind] = sorted(found, key=self.position)
        yield from self._by_kind[kind]

    def code(self, node: cst.CSTNode) -> str:
        """Return a node as it is written."""
        return self.module.code_for_node(node)


def _leftmost(node: cst.CSTNode) -> cst.CSTNode:
    while isinstance(node, cst.Attribute):
        node = node.value
    return node


def argument(call: cst.Call, position: int | None, name: str) -> cst.BaseExpression | None:
    """Return one argument of a call, given by position or by name."""
    for index, found in enumerate(call.args):
        if found.keyword is None and not found.star and index == position:
            return found.value
        if found.keyword is not None and found.keyword.value == name:
            return found.value
    return None


def takes_only(call: cst.Call, positional: int, *names: str) -> bool:
    """Tell whether a call has at most so many positional arguments, and no others than these by name."""
    for index, found in enumerate(call.args):
        if found.star or (found.keyword is None and index >= positional):
            return False
        if found.keyword is not None and found.keyword.value not in names:
            return False
    return True
