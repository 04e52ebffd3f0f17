"""What a policy says for nothing."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from tracing_facade.policy import Policy, SamplingRule
from tracing_facade.policy.references import idle_parts

DECLARED = frozenset({"order.place", "order.pay"})
ALL = SamplingRule(rate_per_million=5)
HEALTH = SamplingRule(routes=("/healthz",), rate_per_million=0)


@pytest.mark.parametrize(
    ("policy", "declared"),
    [
        (Policy(), frozenset()),
        (Policy(undeclared_spans="warn"), frozenset()),
        (Policy(undeclared_spans="error", undeclared_attributes="error"), DECLARED),
        (Policy(undeclared_spans="error", disabled_spans=("order",)), None),
        (Policy(disabled_spans=("order.pay",), spans_per_second={"order.pay": 1}), DECLARED),
        (Policy(undeclared_spans="warn", spans_per_second={"third.party": 1}), DECLARED),
        (Policy(sampling=(HEALTH, ALL)), DECLARED),
    ],
)
def test_what_has_an_effect_is_left_alone(policy: Policy, declared: Collection[str] | None) -> None:
    """And what cannot be known."""
    assert list(idle_parts(policy, declared)) == []


@pytest.mark.parametrize(
    ("policy", "declared", "path", "said"),
    [
        (Policy(undeclared_spans="drop"), (), "policy.undeclared_spans", "no span is recorded at all"),
        (Policy(undeclared_attributes="warn"), (), "policy.undeclared_attributes", "nothing is declared"),
        (Policy(disabled_spans=("a",)), (), "policy.disabled_spans", "none is declared"),
        (Policy(disabled_spans=("order.pya",)), DECLARED, "policy.disabled_spans[0]", "did you mean 'order.pay'?"),
        (
            Policy(undeclared_spans="error", spans_per_second={"x": 1}),
            DECLARED,
            "policy.spans_per_second[x]",
            "'x' is no declared span",
        ),
        (Policy(sampling=(ALL, HEALTH)), None, "policy.sampling[1]", "rule 0 has no condition"),
    ],
)
def test_what_has_none_is_told(policy: Policy, declared: Collection[str] | None, path: str, said: str) -> None:
    """With the field, and what to do."""
    ((found),) = idle_parts(policy, declared)
    assert (found.path, said in found.message) == (path, True)
