"""Rates, and sampling rules."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from tracing_facade.policy.budgets import Budget, BudgetPerName
from tracing_facade.policy.sampling_rules import SamplingRules
from tracing_facade.policy.settings import SamplingRule
from tracing_facade.sampling import Origin, RatioSampler


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_budget_refills_with_time() -> None:
    """As many at once as in a second, then as many as time brings, and never more than a second's worth."""
    clock = Clock()
    budget = Budget(2.0, clock)
    assert [budget.take() for _ in range(3)] == [True, True, False]
    clock.now += 0.5
    assert [budget.take() for _ in range(2)] == [True, False]
    clock.now += 1_000
    assert [budget.take() for _ in range(3)] == [True, True, False]


def test_less_than_one_a_second() -> None:
    """A tenth a second is one in ten seconds."""
    clock = Clock()
    budget = Budget(0.1, clock)
    assert [budget.take(), budget.take()] == [True, False]
    clock.now += 9.9
    assert not budget.take()
    clock.now += 0.2
    assert budget.take()


def test_a_budget_of_nothing() -> None:
    """Zero lets nothing through, ever."""
    clock = Clock()
    budget = Budget(0, clock)
    clock.now += 1e9
    assert not budget.take()


def test_names_do_not_share_a_budget_and_memory_is_bounded() -> None:
    """Each name has its own; those that were used long ago are forgotten."""
    budgets = BudgetPerName(1.0, Clock())
    assert [budgets.take("a"), budgets.take("a"), budgets.take("b")] == [True, False, True]
    for number in range(5_000):
        budgets.take(str(number))
    assert len(budgets._budgets) == 1_024


def test_a_child_forked_in_the_middle_of_a_decision_does_not_wait_for_it() -> None:
    """The thread that holds the lock is not in the child; the next request there must not wait for ever."""
    decides, may_go_on = threading.Event(), threading.Event()

    def clock() -> float:
        if threading.current_thread() is not threading.main_thread():
            decides.set()
            may_go_on.wait(30)
        return 0.0

    budgets = BudgetPerName(1.0, clock)
    other = threading.Thread(target=budgets.take, args=("a",))
    other.start()
    decides.wait(30)
    if (child := os.fork()) == 0:
        signal.alarm(5)
        os._exit(not budgets.take("b"))
    _, status = os.waitpid(child, 0)
    may_go_on.set()
    other.join()
    assert os.waitstatus_to_exitcode(status) == 0


LOW, HIGH = "0" * 32, "f" * 32


@pytest.mark.parametrize(
    ("rule", "origin", "expected"),
    [
        (SamplingRule(routes=("/healthz",), rate_per_million=0), Origin("GET", "/healthz"), False),
        (SamplingRule(routes=("/healthz",), rate_per_million=0), Origin("GET", "/healthz2"), True),
        (SamplingRule(routes=("/health*",), rate_per_million=0), Origin("GET", "/healthz2"), False),
        (SamplingRule(routes=("/a.c",), rate_per_million=0), Origin("GET", "/abc"), True),
        (SamplingRule(spans=("nightly.*",), rate_per_million=0), Origin("nightly.clean"), False),
        (SamplingRule(groups=("probes",), rate_per_million=0), Origin("GET", "/", ("users", "probes")), False),
        (SamplingRule(groups=("probes",), rate_per_million=0), Origin("GET", "/", ("users",)), True),
        (SamplingRule(spans=("GET",), groups=("probes",), rate_per_million=0), Origin("GET", "/", ()), True),
        (SamplingRule(rate_per_million=0), Origin("anything"), False),
        (SamplingRule(per_second=0.0), Origin("anything"), False),
    ],
)
def test_the_first_rule_that_matches_decides(rule: SamplingRule, origin: Origin, expected: bool) -> None:
    """By path, span and group; where no rule matches, the sampler decides, which here takes everything."""
    assert (
        SamplingRules([rule, SamplingRule(spans=("x",), rate_per_million=0)], RatioSampler(1_000_000)).samples(
            LOW, origin
        )
        is expected
    )


def test_rules_with_a_rate_decide_by_the_trace_id() -> None:
    """So that every service that has the rule decides alike."""
    rules = SamplingRules([SamplingRule(rate_per_million=500_000)], RatioSampler(0))
    assert [rules.samples(trace_id, Origin("x")) for trace_id in (LOW, HIGH)] == [True, False]


def test_a_reservoir_takes_so_many_a_second() -> None:
    """Then no more until time has passed."""
    clock = Clock()
    rules = SamplingRules([SamplingRule(per_second=2.0)], RatioSampler(0), clock)
    assert [rules.samples(LOW, Origin("x")) for _ in range(3)] == [True, True, False]
    clock.now += 1
    assert rules.samples(LOW, Origin("x"))
