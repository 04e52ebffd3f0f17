"""Follows comprehensions, and says what iteration over a value yields."""

from __future__ import annotations

import ast
from typing import Any, NamedTuple

from lint_plugin.dataflow import system_modules
from lint_plugin.dataflow.assignments import assign
from lint_plugin.dataflow.beliefs import believe, forget
from lint_plugin.dataflow.concrete import lifted
from lint_plugin.dataflow.methods import store
from lint_plugin.dataflow.run import Call, Expression, Run
from lint_plugin.dataflow.values import (
    UNKNOWN,
    Bound,
    Choice,
    Class,
    Constant,
    Instance,
    Items,
    Reference,
    Scope,
    Table,
    Value,
    truth,
)

# Loops over more elements than this are followed for that many.
MOST_ROUNDS = 256


class Elements(NamedTuple):
    """What iteration yields, and whether these are all of the elements, each once and in order."""

    items: list[Value]
    known: bool


def elements(run: Run, value: Value, node: ast.AST) -> Elements:
    """Return what iteration over a value yields."""
    if isinstance(value, Items):
        return Elements(list(value.items[:MOST_ROUNDS]), True)
    if isinstance(value, Table):
        return Elements([lifted(key) for key in list(value.entries)[:MOST_ROUNDS]], True)
    if isinstance(value, Constant) and isinstance(value.data, (str, bytes)):
        return Elements([lifted(piece) for piece in value.data[:MOST_ROUNDS]], True)
    if isinstance(value, Choice):
        return Elements([item for option in value.options for item in elements(run, option, node).items], False)
    if isinstance(value, Instance):
        return _of_instance(run, value, node)
    if isinstance(value, Class):
        return _of_class(value)
    return Elements([_of_reference(run, value)], False)


def _of_reference(run: Run, value: Value) -> Value:
    if not isinstance(value, Reference):
        return UNKNOWN
    if value.path in ("sys.modules", "sys.modules.keys()"):
        return Reference(system_modules.KEY)
    if value.path in ("sys.modules.items()", "sys.modules.values()"):
        run.values_seen = True
        module = Reference(system_modules.MODULE)
        return Items([Reference(system_modules.KEY), module], tuple) if "items" in value.path else module
    return run.refer(f"{value.path}[]")


def _of_instance(run: Run, value: Instance, node: ast.AST) -> Elements:
    found = value.cls.attributes.get("__iter__")
    if found is None:
        own = value.attributes.get("__iter__")
        return elements(run, run.call(own, Call(node, [], {})), node) if own is not None else Elements([UNKNOWN], False)
    produced = run.call(Bound(found, value), Call(node, [], {}))
    return elements(run, produced, node) if not isinstance(produced, Instance) else Elements([UNKNOWN], False)


def _of_class(value: Class) -> Elements:
    members = [
        Instance(value, {"value": item, "name": Constant(name)})
        for name, item in value.attributes.items()
        if _is_member(item) and not name.startswith("__")
    ]
    return Elements(list(members), True)


def _is_member(value: Value) -> bool:
    return isinstance(value, (Constant, Items)) or (isinstance(value, Reference) and value.path == "enum.auto()")


def list_comprehension(kind: type) -> Expression:
    """Return what follows a comprehension that makes a list, set or iterator."""

    def follow(run: Run, node: Any) -> Value:
        found: list[Value] = []
        known = _rounds(run, node.generators, 0, lambda: found.append(run.evaluate(node.elt)))
        if not known and _are(found, system_modules.KEY):
            return Reference("sys.modules.keys()")
        return Items(found, kind) if known else UNKNOWN

    return follow


def _are(values: list[Value], path: str) -> bool:
    """Tell whether all values, and there are some, come from the same place."""
    return bool(values) and all(isinstance(value, Reference) and value.path == path for value in values)


def dict_comprehension(run: Run, node: ast.DictComp) -> Value:
    """Follow a comprehension that makes a dictionary."""
    table = Table({})
    values: list[Value] = []

    def add() -> None:
        key = run.evaluate(node.key)
        values.append(run.evaluate(node.value))
        store(table, key, values[-1])

    known = _rounds(run, node.generators, 0, add)
    if not known and _are(values, system_modules.MODULE):
        return Reference("sys.modules")
    return table if known else UNKNOWN


def _rounds(run: Run, generators: list[ast.comprehension], depth: int, body: Any) -> bool:
    """Run ``body`` for each combination; returns whether all of them are known."""
    if depth == len(generators):
        body()
        return True
    generator = generators[depth]
    iterated = elements(run, run.evaluate(generator.iter), generator.iter)
    outer = run.scope
    run.scope = Scope(outer, is_comprehension=True)
    if outer.is_class:
        run.scope.names.update(outer.names)
    known = iterated.known
    try:
        for number, item in enumerate(iterated.items):
            if number and run.fuel <= 0:
                return False
            assign(run, generator.target, item)
            wanted = [truth(run.evaluate(condition)) for condition in generator.ifs]
            if False in wanted:
                continue
            beliefs = [belief for condition in generator.ifs for belief in believe(run, condition)]
            known = _rounds(run, generators, depth + 1, body) and known and None not in wanted
            forget(beliefs)
    finally:
        run.scope = outer
    return known
