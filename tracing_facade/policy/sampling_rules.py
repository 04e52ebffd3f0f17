"""Decides by rules, the first that matches, whether a trace that begins here is recorded."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable

from tracing_facade.policy.budgets import Budget
from tracing_facade.policy.settings import SamplingRule
from tracing_facade.sampling import Origin, RatioSampler


class SamplingRules:
    """The sampling rules of a policy, compiled.

    Args:
        rules: in the order in which they are tried.
        otherwise: decides when none matches.
        clock: seconds that only grow.
    """

    def __init__(
        self, rules: Iterable[SamplingRule], otherwise: RatioSampler, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rules = [_Compiled(rule, clock) for rule in rules]
        self._otherwise = otherwise

    def samples(self, trace_id: str, origin: Origin) -> bool:
        """Tell whether the trace is recorded; ``trace_id`` is 32 hexadecimal digits."""
        for rule in self._rules:
            if rule.matches(origin):
                return rule.samples(trace_id)
        return self._otherwise.samples(trace_id)


class _Compiled:
    def __init__(self, rule: SamplingRule, clock: Callable[[], float]) -> None:
        self._spans = _any_of(rule.spans)
        self._routes = _any_of(rule.routes)
        self._groups = frozenset(rule.groups)
        self._budget = None if rule.per_second is None else Budget(rule.per_second, clock)
        self._ratio = RatioSampler(rule.rate_per_million or 0)

    def matches(self, origin: Origin) -> bool:
        return (
            (self._spans is None or self._spans(origin.span) is not None)
            and (self._routes is None or self._routes(origin.path) is not None)
            and (not self._groups or not self._groups.isdisjoint(origin.groups))
        )

    def samples(self, trace_id: str) -> bool:
        return self._ratio.samples(trace_id) if self._budget is None else self._budget.take()


def _any_of(patterns: tuple[str, ...]) -> Callable[[str], re.Match[str] | None] | None:
    if not patterns:
        return None
    parts = (".*".join(map(re.escape, pattern.split("*"))) for pattern in patterns)
    return re.compile("|".join(parts), re.DOTALL).fullmatch
