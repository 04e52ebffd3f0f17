"""Follows the special methods by which classes of the file take part in operators, iteration and text."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from lint_plugin.dataflow.attributes import class_attribute
from lint_plugin.dataflow.constants import formatted
from lint_plugin.dataflow.run import Call, Run
from lint_plugin.dataflow.values import (
    UNKNOWN,
    Bound,
    Class,
    Constant,
    Descriptor,
    Instance,
    Items,
    Reference,
    Value,
)

_OPERATORS: dict[type, str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.MatMult: "matmul",
    ast.Div: "truediv",
    ast.FloorDiv: "floordiv",
    ast.Mod: "mod",
    ast.Pow: "pow",
    ast.LShift: "lshift",
    ast.RShift: "rshift",
    ast.BitOr: "or",
    ast.BitXor: "xor",
    ast.BitAnd: "and",
}
_COMPARISONS: dict[type, str] = {
    ast.Eq: "__eq__",
    ast.NotEq: "__ne__",
    ast.Lt: "__lt__",
    ast.LtE: "__le__",
    ast.Gt: "__gt__",
    ast.GtE: "__ge__",
}


def special(run: Run, value: Value, name: str, arguments: Sequence[Value], node: ast.AST) -> Value | None:
    """Return what a special method of an object returns, or ``None`` when its class has none."""
    if not isinstance(value, Instance):
        return None
    method = class_attribute(value.cls, name)
    return run.call(Bound(method, value), Call(node, arguments, {})) if method is not None else None


def operated(run: Run, operation: type[ast.operator], left: Value, right: Value, node: ast.AST) -> Value | None:
    """Return what an operator returns for objects of the file, or ``None`` when they have no say in it."""
    name = _OPERATORS.get(operation, "")
    for value, method, other in ((left, f"__{name}__", right), (right, f"__r{name}__", left)):
        found = special(run, value, method, [other], node)
        if found is not None:
            return found
    return None


def compared_objects(run: Run, operation: type[ast.cmpop], left: Value, right: Value, node: ast.AST) -> Value | None:
    """Return what a comparison returns for objects of the file, or ``None`` when they have no say in it."""
    if operation in (ast.In, ast.NotIn):
        return special(run, right, "__contains__", [left], node)
    return special(run, left, _COMPARISONS.get(operation, ""), [right], node)


def entered(run: Run, value: Value, node: ast.AST) -> Value:
    """Return what ``with value as name`` binds."""
    if isinstance(value, Instance):
        for name in ("__enter__", "__aenter__"):
            found = special(run, value, name, [], node)
            if found is not None:
                return found
        return value
    if isinstance(value, Items):
        # A generator function made into a context manager hands over the first thing it yields.
        return value.items[0] if value.items else UNKNOWN
    return value


def written(run: Run, value: Instance, conversion: int, specification: Value, node: ast.AST) -> Value:
    """Return what a replacement field makes of an object of the file."""
    found = special(run, value, "__format__", [specification], node) if conversion == -1 else None
    if found is not None:
        return found
    shown = special(run, value, "__repr__", [], node) if conversion not in (-1, ord("s")) else None
    if shown is None:
        shown = run.call(Reference("builtins.str"), Call(node, [value], {}))
    return formatted(shown, -1, specification)


def name_members(run: Run, cls: Class, node: ast.AST) -> None:
    """Follow ``__set_name__`` of what a class has as attributes."""
    for name, value in list(cls.attributes.items()):
        if not isinstance(value, Descriptor):
            special(run, value, "__set_name__", [cls, Constant(name)], node)
