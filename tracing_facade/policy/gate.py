"""Decides what is recorded before it begins: undeclared spans, budgets, sampling rules, forced traces."""

from __future__ import annotations

from collections.abc import Callable

from tracing_facade.policy.budgets import Budget, BudgetPerName
from tracing_facade.policy.enforcer import Enforcer
from tracing_facade.policy.levels import span_levels
from tracing_facade.policy.sampling_rules import SamplingRules
from tracing_facade.registry import SpanSpec
from tracing_facade.sampling import RatioSampler


class Gate:
    """What a policy says about spans and traces that are about to begin; may be used by many threads.

    Args:
        enforcer: the policy, compiled.
        sampler: decides about traces that no rule is for.
        audit: called with a sentence for every trace that a caller has forced.
    """

    def __init__(self, enforcer: Enforcer, sampler: RatioSampler, audit: Callable[[str], None]) -> None:
        policy = enforcer.policy
        self._enforcer = enforcer
        self._sampler = sampler
        self._audit = audit
        self._undeclared = span_levels(policy)
        self._budgets = {name: Budget(rate) for name, rate in policy.spans_per_second.items()}
        self._forced = BudgetPerName(policy.forced_per_second)
        self.rules = SamplingRules(policy.sampling, sampler) if policy.sampling else None
        """None when every new trace is for the sampler to decide."""
        self._looks_for_undeclared = self._undeclared.levels != {"allow"}
        self.checks_spans = self._looks_for_undeclared or bool(self._budgets) or enforcer.hides_spans
        """Whether ``admits_span`` can say no at all."""

    def admits_span(self, span: SpanSpec | str) -> bool:
        """Tell whether a span may be recorded; one that may not is counted and reported."""
        name = span if isinstance(span, str) else span.name
        if self._enforcer.is_hidden(name):
            self._enforcer.shared.count("spans_refused", f"hidden: {name}")
            return False
        if self._looks_for_undeclared and not self._enforcer.is_declared(name) and not self._admits_undeclared(name):
            return False
        budget = self._budgets.get(name)
        if budget is None or budget.take():
            return True
        self._enforcer.shared.count("spans_refused", f"budget: {name}")
        return False

    def _admits_undeclared(self, name: str) -> bool:
        level = self._undeclared.level_here()
        if level == "allow":
            return True
        shared = self._enforcer.shared
        shown = shared.cleaner.text(name, 80)
        shared.count("spans_undeclared" if level == "warn" else "spans_refused", "undeclared")
        sentence = f"the span {shown!r} is not declared; declare it in one of policy.declarations"
        shared.report(level, ("span", shown), sentence)
        return level == "warn"

    def may_force(self, principal: str, trace_id: str) -> bool:
        """Tell whether a trusted caller may have one more trace recorded that the sampler would not record."""
        if self._sampler.samples(trace_id):
            return True
        if not self._forced.take(principal):
            self._enforcer.shared.count("traces_forced_refused", "budget")
            return False
        self._enforcer.shared.count("traces_forced", "")
        self._audit(f"the trace {trace_id} is recorded because {principal!r} asks for it")
        return True
