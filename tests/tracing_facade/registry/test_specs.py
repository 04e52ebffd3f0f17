"""What can be declared, and what is said when something cannot."""

from __future__ import annotations

from typing import Any

import pytest

from tracing_facade import AttributeSpec, EventSpec, SpanKind, SpanSpec, Stability
from tracing_facade.errors import DeclarationError
from tracing_facade.registry import span_named_at_run_time

ITEMS = AttributeSpec("order.items", int)

GOOD_NAMES = ["checkout", "order.items", "http.request.status_code", "v2.order", "a.2b", "k8s.pod.name"]
BAD_NAMES = [
    ("order items", "order_items"),
    ("audit-id", "audit_id"),
    ("User.Agent", "user.agent"),
    ("userAgent", "user_agent"),
    (".order", "order"),
    ("order.", "order"),
    ("order..items", "order.items"),
    ("order__items", "order_items"),
    ("_order", "order"),
    ("Bestellung.größe", "bestellung.gr_e"),
    ("order\n", "order"),
    ("GET /orders/{id}", "get_orders_id"),
    ("9lives", "order.items"),
]


@pytest.mark.parametrize("name", GOOD_NAMES)
@pytest.mark.parametrize("kind", [SpanSpec, EventSpec, AttributeSpec], ids=lambda kind: kind.__name__)
def test_names_are_dotted_and_lower_case(kind: Any, name: str) -> None:
    """By OpenTelemetry's naming rules."""
    kind(name)


@pytest.mark.parametrize(("name", "close"), BAD_NAMES, ids=[repr(name) for name, _ in BAD_NAMES])
@pytest.mark.parametrize("kind", [SpanSpec, EventSpec, AttributeSpec], ids=lambda kind: kind.__name__)
def test_other_names_are_refused_with_the_nearest_right_one(kind: Any, name: str, close: str) -> None:
    """So that a reader can copy it."""
    with pytest.raises(DeclarationError, match="by OpenTelemetry's rules") as raised:
        kind(name)
    assert repr(name) in str(raised.value)
    assert f"such as {close!r}" in str(raised.value)


@pytest.mark.parametrize("name", ["", "  ", None, 7, ["order"]], ids=repr)
def test_what_is_no_text_is_no_name(name: Any) -> None:
    """Empty ones neither."""
    with pytest.raises(DeclarationError, match="is not a name; give a non-empty string"):
        SpanSpec(name)


ATTRIBUTE_FAULTS: list[tuple[dict[str, Any], str, str]] = [
    ({"type": "int"}, "type", "type 'int' is not allowed; use str, bool, int, float or a list of one of them"),
    ({"type": bytes}, "type", "type bytes is not allowed"),
    ({"type": list}, "type", "type list is not allowed"),
    ({"type": [str]}, "type", r"type \[<class 'str'>\] is not allowed"),
    ({"values": "abc"}, "values", r"values='abc' is not a tuple; write for example \('allow', 'deny'\)"),
    ({"values": ("a", 1)}, "values", "1 among its values is not of type str"),
    ({"type": int, "values": (1, True)}, "values", "True among its values is not of type int"),
    ({"type": list[int], "values": (1, "a")}, "values", "'a' among its values is not of type int"),
    ({"values": ("a", "a")}, "values", "has the value 'a' more than once"),
    ({"pattern": "["}, "pattern", r"pattern '\[' is no regular expression: "),
    ({"pattern": 1}, "pattern", "pattern=1 is not a string"),
    ({"pattern": "a", "type": int}, "pattern", "a pattern is for text and the type is int"),
    ({"pattern": "a", "values": ("a",)}, "pattern", "has both values and a pattern"),
    ({"sensitivity": "private"}, "sensitivity", "sensitivity='private' is not allowed; use one of 'public'"),
    ({"requirement": "require"}, "requirement", "did you mean 'required'?"),
    ({"requirement": None}, "requirement", "requirement=None is not allowed"),
    ({"brief": None}, "brief", "brief=None is not a string"),
    ({"stability": "STABLE"}, "stability", "stability 'STABLE' is not a Stability; use one of Stability.INTERNAL, "),
    ({"deprecated_version": 1.4}, "deprecated_version", "deprecated_version=1.4 is not a string; write for"),
    ({"deprecated_version": "next"}, "deprecated_version", "'next' is not a version"),
    ({"aliases": ("order.total",)}, "aliases", "has aliases and no deprecated_version; say in which release"),
    ({"aliases": "total", "deprecated_version": "1.4"}, "aliases", r"aliases='total' is not a tuple; write \('tot"),
    ({"aliases": ("order.sum",), "deprecated_version": "1.4"}, "aliases", "'order.sum' among its aliases is not a"),
    ({"aliases": ("a", "a"), "deprecated_version": "1.4"}, "aliases", "has the alias 'a' more than once"),
    ({"aliases": ("",), "deprecated_version": "1.4"}, "aliases", "'' among its aliases is not a former name"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "field", "message"), ATTRIBUTE_FAULTS, ids=[str(arguments) for arguments, _, _ in ATTRIBUTE_FAULTS]
)
def test_a_wrong_attribute_is_refused(arguments: dict[str, Any], field: str, message: str) -> None:
    """The message names the attribute and what is allowed, the error the argument."""
    with pytest.raises(DeclarationError, match=message) as raised:
        AttributeSpec("order.sum", **arguments)
    assert raised.value.field == field
    assert "AttributeSpec 'order.sum'" in str(raised.value)


SPAN_FAULTS: list[tuple[dict[str, Any], str, str]] = [
    ({"kind": "SERVER"}, "kind", "kind 'SERVER' is not a SpanKind; use one of SpanKind.INTERNAL, SpanKind.SERVER"),
    ({"kind": 2}, "kind", "kind 2 is not a SpanKind"),
    ({"attributes": ITEMS}, "attributes", r"is one AttributeSpec; make it a tuple with a comma, \(X,\)"),
    ({"attributes": {"a": 1}}, "attributes", "is not a tuple"),
    ({"attributes": ("a",)}, "attributes", r"attributes\[0\] is 'a', not an AttributeSpec; write AttributeSpec\("),
    ({"attributes": (ITEMS, ITEMS)}, "attributes", "declares the attribute 'order.items' more than once"),
    ({"events": (ITEMS,)}, "events", r"events\[0\] is AttributeSpec\(.*\), not an EventSpec"),
    ({"events": (EventSpec("paid"), EventSpec("paid"))}, "events", "declares the event 'paid' more than once"),
    ({"slow_after": 0}, "slow_after", "slow_after=0 is not a positive number of seconds"),
    ({"slow_after": True}, "slow_after", "slow_after=True is not a positive number"),
    ({"slow_after": float("nan")}, "slow_after", "slow_after=nan is not a positive number"),
    ({"slow_after": "1s"}, "slow_after", "slow_after='1s' is not a positive number"),
    ({"stability": 1}, "stability", "stability 1 is not a Stability"),
    ({"aliases": ("Place order",)}, "aliases", "has aliases and no deprecated_version"),
]


@pytest.mark.parametrize(
    ("arguments", "field", "message"), SPAN_FAULTS, ids=[str(arguments)[:60] for arguments, _, _ in SPAN_FAULTS]
)
def test_a_wrong_span_is_refused(arguments: dict[str, Any], field: str, message: str) -> None:
    """The message names the span and what is allowed, the error the argument."""
    with pytest.raises(DeclarationError, match=message) as raised:
        SpanSpec("order.place", **arguments)
    assert raised.value.field == field
    assert "SpanSpec 'order.place'" in str(raised.value)


def test_a_former_name_stands_for_one_thing() -> None:
    """An alias of one attribute can be neither the key nor an alias of another."""
    total = AttributeSpec("order.sum", int, aliases=("order.items",), deprecated_version="1.4")
    with pytest.raises(
        DeclarationError, match=r"declares the attribute 'order.items', which is an alias of 'order.sum'"
    ):
        SpanSpec("order.place", attributes=(ITEMS, total))


def test_a_former_name_needs_no_rules() -> None:
    """What is renamed may have been any text."""
    spec = SpanSpec("order.place", aliases=("Place order!",), deprecated_version="1.4")
    assert spec.aliases == ("Place order!",)


def test_lists_become_tuples() -> None:
    """A declaration cannot change later."""
    spec = SpanSpec("order.place", attributes=[ITEMS], events=[])  # type: ignore[arg-type]
    assert (spec.attributes, spec.events) == ((ITEMS,), ())


def test_whole_numbers_are_floats_too() -> None:
    """As for the values that are recorded."""
    assert AttributeSpec("order.weight", float, values=(1, 2.5)).values == (1, 2.5)


def test_a_span_is_what_it_is_not_what_it_says() -> None:
    """Engines remember spans by identity, which is the fastest to look up."""
    assert SpanSpec("order.place") != SpanSpec("order.place")
    assert len({SpanSpec("order.place"), SpanSpec("order.place")}) == 2


def test_attributes_are_equal_when_they_say_the_same() -> None:
    """They are values."""
    assert AttributeSpec("order.items", int) == ITEMS
    assert hash(AttributeSpec("order.items", int)) == hash(ITEMS)


def test_the_namespace_of_opentelemetry_is_not_for_applications() -> None:
    """What is published in it can be taken from there."""
    with pytest.raises(DeclarationError, match=r"the namespace 'otel' is OpenTelemetry's own; .*'app\.mine'"):
        AttributeSpec("otel.mine")
    assert AttributeSpec.convention("otel.scope.name").key == "otel.scope.name"


def test_adapters_may_name_spans_after_requests() -> None:
    """With the defaults of every other field, and hashed as any span."""
    spec = span_named_at_run_time("GET /orders/{id}", SpanKind.SERVER)
    assert (spec.name, spec.kind, spec.slow_after, spec.stability) == (
        "GET /orders/{id}", SpanKind.SERVER, None, Stability.ALPHA,
    )  # fmt: skip
    assert type(spec) is SpanSpec
