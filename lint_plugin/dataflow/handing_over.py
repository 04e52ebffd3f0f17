"""Follows callables that are handed to code of which nothing is known, together with their arguments."""

from __future__ import annotations

from collections.abc import Sequence

from lint_plugin.dataflow.attributes import class_attribute
from lint_plugin.dataflow.layout import all_parameters
from lint_plugin.dataflow.library import HANDLERS
from lint_plugin.dataflow.run import Call, Run
from lint_plugin.dataflow.values import (
    UNKNOWN,
    Bound,
    Choice,
    Function,
    Instance,
    Items,
    Native,
    Partial,
    Reference,
    Table,
    Value,
)

# These show or compare what they are given; they do not call it.
_HARMLESS = ("builtins.", "logging.", "typing.", "warnings.", "unittest.TestCase().assert")


def passed_on(run: Run, given: Call, path: str) -> None:
    """Follow a callable that is handed to unknown code together with its arguments: ``submit(load, "name")``."""
    if path.startswith(_HARMLESS) or run.fuel <= 0:
        return
    arguments = given.arguments
    for place, argument in enumerate(arguments):
        if _is_callable(argument):
            rest = list(arguments[place + 1 :])
            if not _BESIDE.isdisjoint(given.keywords):
                _with_arguments_beside(run, argument, given, rest)
            elif rest or _takes(argument, given.keywords):
                run.call(argument, Call(given.node, rest, given.keywords, given.complete))
                _mapped(run, argument, rest, given)
    for name in ("target", "func", "function", "callback", "fn", "initializer"):
        target = given.keywords.get(name)
        if target is not None and _is_callable(target):
            by_place = given.argument(2)
            rest = by_place.items if isinstance(by_place, Items) else list(given.arguments)
            _with_arguments_beside(run, target, given, rest)


def _takes(value: Value, keywords: dict[str, Value]) -> bool:
    """Tell whether a callable has a parameter for what is given by name."""
    if isinstance(value, Function):
        return any(one.arg in keywords for one in all_parameters(value.node.args))
    return isinstance(value, Reference) and "name" in keywords


_POSITIONAL = ("args", "initargs", "argument")
_BESIDE = frozenset({*_POSITIONAL, "kwargs", "kw"})


def _is_callable(value: Value) -> bool:
    if isinstance(value, Reference):
        return (value.path in HANDLERS and not value.path.startswith("builtins.")) or value.path in _BUILTIN_LOADERS
    if isinstance(value, Choice):
        return any(_is_callable(option) for option in value.options)
    if isinstance(value, Instance):
        return class_attribute(value.cls, "__call__") is not None
    return isinstance(value, (Function, Bound, Partial, Native))


_BUILTIN_LOADERS = frozenset({"builtins.__import__", "builtins.exec", "builtins.eval"})


def _mapped(run: Run, target: Value, rest: Sequence[Value], given: Call) -> None:
    if len(rest) == 1 and isinstance(rest[0], Items):
        for item in rest[0].items[:64]:
            run.call(target, Call(given.node, [item], {}))
        run.call(target, Call(given.node, rest[0].items, {}))


def _with_arguments_beside(run: Run, target: Value, given: Call, rest: list[Value]) -> None:
    arguments = next((given.keywords[name] for name in _POSITIONAL if name in given.keywords), UNKNOWN)
    keywords = given.keywords.get("kwargs") or given.keywords.get("kw")
    named = text_keys(keywords) if isinstance(keywords, Table) else {}
    run.call(target, Call(given.node, arguments.items if isinstance(arguments, Items) else rest, named))


def text_keys(table: Table) -> dict[str, Value]:
    """Return the entries of a dictionary that can be given by name."""
    return {key: value for key, value in table.entries.items() if isinstance(key, str)}
