"""What a condition says about a name of which nothing else is known, for as long as it holds."""

from __future__ import annotations

import ast
from typing import TypeAlias, TypeGuard

from lint_plugin.dataflow.concrete import concrete_text
from lint_plugin.dataflow.run import Run
from lint_plugin.dataflow.values import UNKNOWN, Items, Reference, Text, Value, either

Belief: TypeAlias = "tuple[dict[str, Value], str, Value, Value | None]"
"""Where it is noted and by which name, what is believed, and what was known before."""


def believe(run: Run, test: ast.expr) -> list[Belief]:
    """Believe a condition: ``name == "text"``, ``name in ("text", "other")``, ``name.startswith("text")``."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return [belief for part in test.values for belief in believe(run, part)]
    about, value = _said(run, test)
    if about is None or value is UNKNOWN:
        return []
    if isinstance(about, ast.Name):
        return _bound(run.scope.names, about.id, value)
    owner = run.evaluate(about.value)
    return _bound(run.patched, f"{owner.path}.{about.attr}", value) if isinstance(owner, Reference) else []


def _bound(names: dict[str, Value], name: str, value: Value) -> list[Belief]:
    before = names.get(name)
    names[name] = value
    return [(names, name, value, before)]


def forget(beliefs: list[Belief]) -> None:
    """Go back to what was known before, unless it has changed since."""
    for names, name, believed, before in beliefs:
        if names.get(name) is believed:
            if before is None:
                del names[name]
            else:
                names[name] = before


def _said(run: Run, test: ast.expr) -> tuple[ast.Name | ast.Attribute | None, Value]:
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        about, other = test.left, test.comparators[0]
        if isinstance(test.ops[0], ast.Eq) and isinstance(about, ast.Constant):
            about, other = other, about
        if isinstance(test.ops[0], (ast.Eq, ast.In)) and isinstance(other, _WRITTEN) and _is_open(about, run):
            return about, _one_of(run.evaluate(other), isinstance(test.ops[0], ast.In))
    method = test.func if isinstance(test, ast.Call) and len(test.args) == 1 else None
    if isinstance(test, ast.Call) and isinstance(method, ast.Attribute) and method.attr == "startswith":
        about = method.value
        text = concrete_text(run.evaluate(test.args[0])) if isinstance(test.args[0], _WRITTEN) else None
        if text and _is_open(about, run):
            return about, Text(text)
    return None, UNKNOWN


# What can be looked at again without doing anything twice.
_WRITTEN = (ast.Constant, ast.Name, ast.Attribute, ast.Tuple, ast.List, ast.Set)


def _one_of(value: Value, inside: bool) -> Value:
    if not inside:
        return value if concrete_text(value) is not None else UNKNOWN
    texts = isinstance(value, Items) and all(concrete_text(item) is not None for item in value.items)
    return either(value.items) if isinstance(value, Items) and texts else UNKNOWN


def _is_open(node: ast.expr, run: Run) -> TypeGuard[ast.Name | ast.Attribute]:
    """Tell whether nothing is known of a name or member but where it comes from."""
    if not isinstance(node, (ast.Name, ast.Attribute)):
        return False
    value = run.evaluate(node)
    if isinstance(value, Reference):
        return ("()" in value.path or "[]" in value.path) and not run.world.watches(value.path)
    return value is UNKNOWN
