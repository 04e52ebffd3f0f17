"""Which node of a syntax tree stands around which."""

from __future__ import annotations

import ast
from typing import TypeAlias

Parents: TypeAlias = dict[ast.AST, ast.AST]


def parents_of(tree: ast.AST) -> Parents:
    """Return the node around each node."""
    return {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
