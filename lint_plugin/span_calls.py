"""How a file uses spans of the facade: which it starts, and which attributes and events it gives them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from lint_plugin.dataflow.concrete import NotConstantError, concrete
from lint_plugin.dataflow.run import Call, Seen
from lint_plugin.dataflow.values import UNKNOWN, Constant, Reference, Table, Value, options
from lint_plugin.declared_spans import declared_span
from lint_plugin.vocabulary import SPAN_METHODS

if TYPE_CHECKING:
    from lint_plugin.module import Module
    from tracing_facade.registry import SpanSpec

STARTS = ("start_span", "traced")


class SpanCall(NamedTuple):
    """One call.

    Args:
        method: the function of the facade, or the method of the span.
        node: where it stands.
        call: what it is given.
        started: the call that started the span, which is this one itself if it starts it.
        spec: the declaration of the span, if it is known.
        told_inside: it is made in a function that is given the span by a caller, and is looked at there as well.
    """

    method: str
    node: ast.Call
    call: Call
    started: Call
    spec: SpanSpec | None
    told_inside: bool = False

    @property
    def starts(self) -> bool:
        """Whether it starts the span."""
        return self.method in STARTS


class Attribute(NamedTuple):
    """An attribute that is given to a span or an event.

    Args:
        key: its key.
        node: where the key stands, or the call if that is not known.
        value: what is known about its value.
        event: the name of the event; ``None`` for an attribute of the span.
        written: the expression for the value, where it stands in the call.
    """

    key: str
    node: ast.expr
    value: Value
    event: str | None = None
    written: ast.expr | None = None


def span_calls(module: Module) -> list[SpanCall]:
    """Return the calls by which a file uses spans of the facade."""
    prefix = f"{module.settings.facade}."
    every = [seen for seen in module.run.calls_seen if seen.path.startswith(prefix)]
    own = {id(seen.call.node) for seen in every if seen.inside is None}
    found = []
    for seen in every:
        call = _span_call(module, seen)
        if call is not None:
            found.append(call._replace(told_inside=id(seen.inside) in own))
    return found


def _span_call(module: Module, seen: Seen) -> SpanCall | None:
    owner, _, method = seen.path.rpartition(".")
    node = seen.call.node
    if not isinstance(node, ast.Call):
        return None
    if method in STARTS and owner == module.settings.facade:
        return SpanCall(method, node, seen.call, seen.call, declared_span(module, seen.call))
    if method not in SPAN_METHODS or owner.rpartition(".")[2] not in _SPANS:
        return None
    if seen.origin is not None:
        return SpanCall(method, node, seen.call, seen.origin, declared_span(module, seen.origin))
    # A span by its type alone: who has started it is not known.
    return SpanCall(method, node, seen.call, seen.call, None) if owner.endswith(".Span()") else None


# What spans are by where they come from, or by their type.
_SPANS = ("start_span()", "current_span()", "Span()")


def attributes_of(span_call: SpanCall) -> Iterator[Attribute]:
    """Yield the attributes that a call gives to its span or to an event of it."""
    call, node = span_call.call, span_call.node
    if span_call.method == "set_attribute":
        keys, value = options(call.argument(0, "key") or UNKNOWN), call.argument(1, "value")
        for key in keys if value is not None else ():
            if isinstance(key, Constant) and isinstance(key.data, str) and value is not None:
                yield Attribute(key.data, _argument(node, 0, "key") or node, value, None, _argument(node, 1, "value"))
    elif span_call.method == "set_attributes":
        yield from _in_table(call.argument(0, "attributes"), _argument(node, 0, "attributes"), node, None)
    elif span_call.method == "add_event":
        yield from _in_table(
            call.argument(1, "attributes"), _argument(node, 1, "attributes"), node, event_name(span_call)
        )
    elif span_call.method == "start_span":
        yield from _in_table(call.argument(1, "attributes"), _argument(node, 1, "attributes"), node, None)


def event_name(span_call: SpanCall) -> str:
    """Return the name of the event that a call adds, or an empty string."""
    given = span_call.call.argument(0, "event")
    if isinstance(given, Reference) and given.path.endswith(".EventSpec()") and isinstance(given.origin, Call):
        given = given.origin.argument(0, "name")
    return given.data if isinstance(given, Constant) and isinstance(given.data, str) else ""


def _in_table(value: Value | None, written: ast.expr | None, node: ast.Call, event: str | None) -> Iterator[Attribute]:
    if not isinstance(value, Table):
        return
    places: dict[object, ast.expr] = {}
    values: dict[object, ast.expr] = {}
    if isinstance(written, ast.Dict):
        pairs = zip(written.keys, written.values, strict=True)
        values = {key.value: item for key, item in pairs if isinstance(key, ast.Constant)}
        places = {key.value: key for key in written.keys if isinstance(key, ast.Constant)}
    for key, item in value.entries.items():
        if isinstance(key, str):
            yield Attribute(key, places.get(key, node), item, event, values.get(key))


def _argument(node: ast.Call, position: int, keyword: str) -> ast.expr | None:
    if position < len(node.args):
        return node.args[position]
    return next((one.value for one in node.keywords if one.arg == keyword), None)


def name_argument(node: ast.Call) -> ast.expr | None:
    """Return what is written for the span, or its name, in a call that starts one."""
    return _argument(node, 0, "span") or _argument(node, 0, "name")


def known(value: Value) -> tuple[object] | None:
    """Return the value itself in a tuple, or ``None`` when it is not known."""
    try:
        return (concrete(value),)
    except (NotConstantError, TypeError):
        return None
