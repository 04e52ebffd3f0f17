"""Follows subscription: of objects that are known by origin, and of those of the file itself."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from lint_plugin.dataflow import system_modules
from lint_plugin.dataflow.attributes import attribute, class_attribute, fields_of, unknown_base
from lint_plugin.dataflow.concrete import NotConstantError, concrete, concrete_text, lifted
from lint_plugin.dataflow.methods import look_up, store
from lint_plugin.dataflow.run import Call, Run
from lint_plugin.dataflow.values import (
    UNKNOWN,
    Bound,
    Choice,
    Class,
    Constant,
    Instance,
    Items,
    Namespace,
    Reference,
    Table,
    Text,
    Value,
    either,
)


def element(run: Run, value: Value, key: Value, node: ast.AST) -> Value:
    """Return an element of a value: ``value[key]``."""
    if isinstance(value, Choice):
        return either([element(run, option, key, node) for option in value.options])
    handler = _ELEMENTS.get(type(value))
    return handler(run, value, key, node) if handler is not None else UNKNOWN


def _element_of_reference(run: Run, value: Reference, key: Value, node: ast.AST) -> Value:
    if value.path == "sys.modules":
        return system_modules.taken(run, key, node)
    name = concrete_text(key)
    owner = value.path.removesuffix(".__dict__")
    if name is not None and (owner != value.path or value.path == "builtins"):
        return attribute(run, Reference(owner), name, node)
    stored = run.patched.get(f"{value.path}[{name}]")
    return stored if stored is not None else run.refer(f"{value.path}[]")


def _element_of_items(run: Run, value: Items, key: Value, node: ast.AST) -> Value:
    try:
        index = concrete(key)
    except NotConstantError:
        return either(value.items)
    try:
        found = value.items[index]  # type: ignore[call-overload]  # fails as in the program
    except (TypeError, IndexError, ValueError):
        return UNKNOWN
    return Items(found, value.kind) if isinstance(found, list) else found


def _element_of_table(run: Run, value: Table, key: Value, node: ast.AST) -> Value:
    return look_up(value, key) or value.default or UNKNOWN


def _element_of_constant(run: Run, value: Constant, key: Value, node: ast.AST) -> Value:
    try:
        return lifted(value.data[concrete(key)])  # type: ignore[index]  # whatever it is, it fails as in the program
    except (NotConstantError, TypeError, IndexError, ValueError):
        return UNKNOWN


def _element_of_text(run: Run, value: Text, key: Value, node: ast.AST) -> Value:
    try:
        index = concrete(key)
    except NotConstantError:
        return UNKNOWN
    if isinstance(index, slice) and index.start in (None, 0) and index.stop is None and index.step in (None, 1):
        return value
    stop = index.stop if isinstance(index, slice) and index.start in (None, 0) and index.step in (None, 1) else None
    return Constant(value.prefix[:stop]) if isinstance(stop, int) and 0 <= stop <= len(value.prefix) else UNKNOWN


def _element_of_namespace(run: Run, value: Namespace, key: Value, node: ast.AST) -> Value:
    name = concrete_text(key)
    return (value.scope.names.get(name) or UNKNOWN) if name is not None else UNKNOWN


def _element_of_class(run: Run, value: Class, key: Value, node: ast.AST) -> Value:
    name = concrete_text(key)
    base = unknown_base(value)
    if name is not None and base is not None and base.path.startswith("enum."):
        return attribute(run, value, name, node)
    hook = class_attribute(value, "__class_getitem__")
    return run.call(Bound(hook, value), Call(node, [key], {})) if hook is not None else value


def _element_of_instance(run: Run, value: Instance, key: Value, node: ast.AST) -> Value:
    hook = class_attribute(value.cls, "__getitem__") or class_attribute(value.cls, "__missing__")
    if hook is None:
        fields = [attribute(run, value, name, node) for name in fields_of(value.cls)]
        return _element_of_items(run, Items(fields, tuple), key, node) if fields else UNKNOWN
    return run.call(Bound(hook, value), Call(node, [key], {}))


_ELEMENTS: dict[type, Callable[[Run, Any, Value, ast.AST], Value]] = {
    Reference: _element_of_reference,
    Items: _element_of_items,
    Table: _element_of_table,
    Constant: _element_of_constant,
    Text: _element_of_text,
    Namespace: _element_of_namespace,
    Class: _element_of_class,
    Instance: _element_of_instance,
}


def set_element(run: Run, value: Value, key: Value, new: Value, node: ast.AST) -> None:
    """Follow ``value[key] = new``."""
    if isinstance(value, Table):
        store(value, key, new)
    elif isinstance(value, Items):
        _replace(value, key, new)
    elif isinstance(value, Namespace):
        name = concrete_text(key)
        if name is not None:
            value.scope.names[name] = new
    elif isinstance(value, Reference) and value.path == "sys.modules":
        system_modules.replaced(run, key, new, node, "sys.modules[...] = ...")
    elif isinstance(value, Reference):
        run.patched[f"{value.path}[{concrete_text(key)}]"] = new


def _replace(value: Items, key: Value, new: Value) -> None:
    try:
        index = concrete(key)
    except NotConstantError:
        return
    if isinstance(index, int) and -len(value.items) <= index < len(value.items):
        value.items[index] = new
    elif isinstance(index, slice) and isinstance(new, Items):
        value.items[index] = new.items
