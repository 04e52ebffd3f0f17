"""Follows assignment to names, attributes, elements and patterns of them."""

from __future__ import annotations

import ast

from lint_plugin.dataflow.attributes import attribute, fields_of, set_attribute
from lint_plugin.dataflow.branches import merged
from lint_plugin.dataflow.elements import set_element
from lint_plugin.dataflow.run import Run
from lint_plugin.dataflow.values import UNKNOWN, Choice, Constant, Instance, Items, Reference, Value


def assign(run: Run, target: ast.expr, value: Value) -> None:
    """Follow ``target = value``."""
    if isinstance(target, ast.Name):
        run.scope.bind(target.id, value)
    elif isinstance(target, (ast.Tuple, ast.List)):
        _unpack(run, target.elts, value)
    elif isinstance(target, ast.Attribute):
        set_attribute(run, run.evaluate(target.value), target.attr, value, target)
    elif isinstance(target, ast.Subscript):
        container = run.evaluate(target.value)
        set_element(run, container, run.evaluate(target.slice), value, target)
    elif isinstance(target, ast.Starred):
        assign(run, target.value, value)


def _unpack(run: Run, targets: list[ast.expr], value: Value) -> None:
    if isinstance(value, Choice):
        _unpack_each(run, targets, value)
        return
    items = _pieces(run, value, targets[0]) if targets else None
    starred = next((place for place, target in enumerate(targets) if isinstance(target, ast.Starred)), None)
    if items is None or (starred is None and len(items) != len(targets)) or len(items) < len(targets) - 1:
        each = Reference(f"{value.path}[]") if isinstance(value, Reference) else UNKNOWN
        for target in targets:
            assign(run, target, each)
        return
    if starred is not None:
        after = len(targets) - starred - 1
        middle = Items(items[starred : len(items) - after])
        items = [*items[:starred], middle, *items[len(items) - after :]]
    for target, item in zip(targets, items, strict=True):
        assign(run, target, item)


def _unpack_each(run: Run, targets: list[ast.expr], value: Choice) -> None:
    before = run.scope.names
    states = []
    for option in value.options:
        run.scope.names = dict(before)
        _unpack(run, targets, option)
        states.append(run.scope.names)
    run.scope.names = merged(states)


def _pieces(run: Run, value: Value, node: ast.AST) -> list[Value] | None:
    if isinstance(value, Items):
        return value.items
    if isinstance(value, Instance):
        return [attribute(run, value, name, node) for name in fields_of(value.cls)] or None
    if isinstance(value, Constant) and isinstance(value.data, str):
        return [Constant(character) for character in value.data]
    return None
