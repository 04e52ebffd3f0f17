"""Values that are another UUID each time: once one was judged, the native engine lets others pass by their looks."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

import tracing_facade as tracing
from tests.tracing_facade._engine.conftest import engine_name  # noqa: F401  # every test on both engines
from tests.tracing_facade.test_policy_in_force import under  # noqa: F401  # a fixture
from tracing_facade import AttributeSpec
from tracing_facade.policy import Policy
from tracing_facade.policy.attributes import AttributeRules
from tracing_facade.policy.settings import Level
from tracing_facade.policy.shared import SharedRules

UNBOUNDED = Policy(unbounded=("request.id",), max_distinct_values=3)
TOKEN = "ghp_" + "a1B2" * 9


def _emitted(under: Any, policy: Policy, values: list[str]) -> list[Any]:  # noqa: F811  # the fixture's value
    traced = under(policy)
    for value in values:
        with tracing.start_span("work", {"request.id": value, "n": 1}):
            pass
    return [span.attributes["request.id"] for span in traced.received()]


def test_every_identifier_arrives(under: Any) -> None:  # noqa: F811
    """Many more than the policy lets other attributes have."""
    values = [str(uuid.uuid4()).upper() if number % 2 else str(uuid.uuid4()) for number in range(100)]
    assert _emitted(under, UNBOUNDED, values) == values


@pytest.mark.parametrize("before", ["", "x", f"{TOKEN} "])
def test_what_only_ends_in_an_identifier_is_judged(under: Any, before: str) -> None:  # noqa: F811
    """A secret may stand before it."""
    values = [str(uuid.uuid4()), f"{before}{uuid.uuid4()}", f"{before}{uuid.uuid4()}"]
    arrived = _emitted(under, UNBOUNDED, values)
    assert [value.replace("REDACTED", TOKEN) for value in arrived] == values
    assert not any(TOKEN in value for value in arrived)


def test_identifiers_are_bounded_where_the_policy_says_so(under: Any) -> None:  # noqa: F811
    """As any other value."""
    values = [str(uuid.uuid4()) for _ in range(50)]
    arrived = _emitted(under, Policy(max_distinct_values=3), values)
    assert arrived[:3] == values[:3]
    assert "(other)" in arrived


def test_identifiers_are_cut_where_the_policy_says_so(under: Any) -> None:  # noqa: F811
    """Where no value may be so long."""
    values = [str(uuid.uuid4()) for _ in range(5)]
    policy = Policy(unbounded=("request.id",), max_value_length=20)
    assert _emitted(under, policy, values) == [value[:20] for value in values]


@pytest.mark.parametrize(
    ("spec", "undeclared", "key", "passes"),
    [
        pytest.param(AttributeSpec("a"), "error", "a", True, id="any text"),
        pytest.param(AttributeSpec("a", pattern="[0-9a-f-]+"), "error", "a", False, id="pattern"),
        pytest.param(AttributeSpec("a", values=("x", "y")), "error", "a", False, id="values"),
        pytest.param(AttributeSpec("a", sensitivity="secret"), "error", "a", False, id="sensitivity"),
        pytest.param(AttributeSpec("a", int), "error", "a", False, id="another type"),
        pytest.param(AttributeSpec("a"), "allow", "b", True, id="undeclared and allowed"),
        pytest.param(AttributeSpec("a"), "warn", "b", False, id="undeclared and counted"),
        pytest.param(AttributeSpec("a"), "allow", "api_key", False, id="undeclared with a secret's name"),
        pytest.param(AttributeSpec("a"), "allow", "c", False, id="bounded"),
    ],
)
def test_which_attributes_let_identifiers_pass(spec: AttributeSpec, undeclared: Level, key: str, passes: bool) -> None:
    """Those of which every UUID may leave as it is, uncounted."""
    policy = Policy(unbounded=("a", "b", "api_key"))
    shared = SharedRules(policy, lambda name, reason: None, lambda level, message: None, ())
    rules = AttributeRules("work", (spec,), undeclared, shared)
    assert rules.passes_identifiers(key) is passes
    value = str(uuid.uuid4())
    assert not passes or rules.judge(key, value) == value
