"""Reads what a ``setup.py`` declares, without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lint_plugin.manifests import KEYS, Declaration, entry_point, required

_ENTRY_POINTS = "entry_points"
_GROWS = ("append", "extend", "insert", "update", "setdefault")


def declarations_in_setup(tree: ast.AST) -> Iterator[tuple[ast.Constant, Declaration]]:
    """Yield what the call of ``setup`` in a ``setup.py`` declares, with the string that declares it.

    Read are the arguments of the call, the names that are given to it, and what is put into a dictionary under the name
    of such an argument.
    """
    given = _given(tree)
    seen: set[int] = set()
    for node in ast.walk(tree):
        for key, value in _declared(node):
            for part, whole in _texts(value, given, seen):
                for line, text in enumerate(whole.split("\n")):
                    declared = entry_point(text) if key == _ENTRY_POINTS else required(text)
                    if declared is not None:
                        yield part, declared._replace(line=part.lineno + line)


def _declared(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    pairs: list[tuple[object, ast.expr]] = []
    if isinstance(node, ast.keyword):
        pairs = [(node.arg, node.value)]
    elif isinstance(node, ast.Dict):
        keys = [key.value if isinstance(key, ast.Constant) else None for key in node.keys]
        pairs = list(zip(keys, node.values, strict=True))
    elif isinstance(node, ast.Assign):
        slices = [target.slice for target in node.targets if isinstance(target, ast.Subscript)]
        pairs = [(one.value, node.value) for one in slices if isinstance(one, ast.Constant)]
    yield from ((key, value) for key, value in pairs if isinstance(key, str) and key in (*KEYS, _ENTRY_POINTS))


def _given(tree: ast.AST) -> dict[str, list[ast.expr]]:
    """Return everything that is assigned to each name, or put into it."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        targets, values = _put(node)
        for target in targets:
            while isinstance(target, ast.Subscript):
                target = target.value
            if isinstance(target, ast.Name):
                found.setdefault(target.id, []).extend(values)
    return found


def _put(node: ast.AST) -> tuple[list[ast.expr], list[ast.expr]]:
    if isinstance(node, ast.Assign):
        return node.targets, [node.value]
    if isinstance(node, (ast.AugAssign, ast.AnnAssign)) and node.value is not None:
        return [node.target], [node.value]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _GROWS:
        return [node.func.value], [*node.args, *(one.value for one in node.keywords)]
    return [], []


def _texts(value: ast.expr, given: dict[str, list[ast.expr]], seen: set[int]) -> Iterator[tuple[ast.Constant, str]]:
    """Yield the strings in an expression and in what its names stand for, each once."""
    waiting = [value]
    while waiting:
        for part in ast.walk(waiting.pop()):
            if id(part) in seen:
                continue
            seen.add(id(part))
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part, part.value
            elif isinstance(part, ast.Name):
                waiting += given.get(part.id, ())
