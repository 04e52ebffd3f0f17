"""Values that are another number each time: once one was judged, the native engine lets other small ones pass."""

from __future__ import annotations

from typing import Any

import pytest

import tracing_facade as tracing
from tests.tracing_facade._engine.conftest import engine_name  # noqa: F401  # every test on both engines
from tests.tracing_facade.test_policy_in_force import under  # noqa: F401  # a fixture
from tracing_facade import AttributeSpec, SpanSpec
from tracing_facade.policy import Policy
from tracing_facade.policy.attributes import AttributeRules
from tracing_facade.policy.settings import Level
from tracing_facade.policy.shared import SharedRules

CARD = 4111_1111_1111_1111
SIZES = SpanSpec("sizes", attributes=(AttributeSpec("size", int), AttributeSpec("level", int, values=(1, 2))))


def _emitted(under: Any, span: SpanSpec | str, key: str, values: list[Any]) -> list[Any]:  # noqa: F811  # the fixture's
    traced = under(Policy(declarations=(__name__,)))
    for value in values:
        with tracing.start_span(span, {key: value}):
            pass
    return [span.attributes.get(key) for span in traced.received()]


@pytest.mark.parametrize("span", ["work", SIZES], ids=["undeclared", "declared"])
def test_every_number_arrives(under: Any, span: SpanSpec | str) -> None:  # noqa: F811
    """Whatever its size is, and however often the size changes."""
    edges = [0, 1, 127, 128, 2**35 - 1, 2**35, 2**63 - 1, -1, -(2**63)]
    values = [value for number in range(50) for value in (number, number << 28, -number)] + edges
    assert _emitted(under, span, "size", values) == values


def test_the_number_of_a_card_is_redacted(under: Any) -> None:  # noqa: F811
    """Also after many numbers that are none."""
    assert _emitted(under, "work", "size", [*range(100), CARD]) == [*range(100), "REDACTED"]


def test_other_types_of_the_same_attribute_are_judged(under: Any) -> None:  # noqa: F811
    """A text of a few letters begins as a number does, but for its type."""
    token = "ghp_" + "a1B2" * 9
    arrived = _emitted(under, "work", "size", [1, 2, "ab", True, 1.5, f"{token}", 3])
    assert arrived == [1, 2, "ab", True, 1.5, "REDACTED", 3]


def test_declared_values_are_the_only_ones(under: Any) -> None:  # noqa: F811
    """Although other numbers look like them."""
    assert _emitted(under, SIZES, "level", [1, 2, 3, 1, 77]) == [1, 2, None, 1, None]


def test_a_secret_number_never_leaves(under: Any) -> None:  # noqa: F811
    """What its key says is secret, however small it is."""
    assert set(_emitted(under, "work", "user.password", list(range(50)))) == {"REDACTED"}


@pytest.mark.parametrize(
    ("spec", "undeclared", "key", "passes"),
    [
        pytest.param(AttributeSpec("a", int), "error", "a", True, id="any integer"),
        pytest.param(AttributeSpec("a", int, values=(1, 2)), "error", "a", False, id="values"),
        pytest.param(AttributeSpec("a", int, sensitivity="secret"), "error", "a", False, id="sensitivity"),
        pytest.param(AttributeSpec("a"), "error", "a", False, id="another type"),
        pytest.param(AttributeSpec("a", int), "allow", "b", True, id="undeclared and allowed"),
        pytest.param(AttributeSpec("a", int), "warn", "b", False, id="undeclared and counted"),
        pytest.param(AttributeSpec("a", int), "allow", "api_key", False, id="undeclared with a secret's name"),
    ],
)
def test_which_attributes_let_numbers_pass(spec: AttributeSpec, undeclared: Level, key: str, passes: bool) -> None:
    """Those of which every small number may leave as it is, uncounted."""
    shared = SharedRules(Policy(), lambda name, reason: None, lambda level, message: None, ())
    rules = AttributeRules("work", (spec,), undeclared, shared)
    assert rules.passes_small_numbers(key) is passes
    assert not passes or all(rules.judge(key, number) == number for number in (0, 1, 2**35 - 1))
