"""The policy, compiled for a set of declarations: what is recorded of every span, and as what."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from tracing_facade.policy.attributes import AttributeRules
from tracing_facade.policy.cardinality import OTHER, DistinctValues
from tracing_facade.policy.levels import attribute_levels
from tracing_facade.policy.refused import REFUSED
from tracing_facade.policy.settings import Level, Policy
from tracing_facade.policy.shared import Count, Report, SharedRules
from tracing_facade.registry import SpanSpec
from tracing_facade.registry.emission import SpanPlan, plans_for

_LONGEST_NAME = 256
_MOST_SCOPES = 256


class SpanRules:
    """The rules for spans of one name.

    Args:
        name: of the spans.
        spec: their declaration; None when there is none to hold them against.
        undeclared: what becomes of attributes and events that it does not name.
        shared: what all spans have in common.
        plan: which names are emitted; None for those that are recorded.
    """

    def __init__(
        self, name: str, spec: SpanSpec | None, undeclared: Level, shared: SharedRules, plan: SpanPlan | None = None
    ) -> None:
        self._name = name
        self._shared = shared
        self._undeclared: Level = undeclared if spec else "allow"
        names = plan.attributes if plan else None
        self.attributes = AttributeRules(name, spec.attributes if spec else None, undeclared, shared, names)
        self._event_plans = plan.events if plan else {}
        self.events = {
            known: AttributeRules(f"{name}/{event.name}", event.attributes, undeclared, shared, self._event_keys(known))
            for event in (spec.events if spec else ())
            for known in (event.name, *event.aliases)
        }
        self.other_events = self.link_attributes = AttributeRules(name, None, "allow", shared)
        self.former_names = plan.former_names if plan else ()
        """What the attribute ``FORMER_NAMES_KEY`` says; empty for nothing."""
        self.encoder: Any = None
        """Room for whoever encodes spans to keep what he made of these rules."""

    @property
    def renames(self) -> bool:
        """Whether something is emitted with another name than it is recorded with, or with several."""
        return bool(self.former_names or self.attributes.names or self._event_plans)

    def event_names(self, name: str) -> Sequence[str]:
        """Return the names that an event is emitted with, one event each."""
        plan = self._event_plans.get(name)
        return (name,) if plan is None else plan.names

    def admits_event(self, name: str) -> bool:
        """Tell whether an event that the declaration does not name stays; ``exception`` always does."""
        if self._undeclared == "allow" or name == "exception":
            return True
        return self._shared.admit_undeclared(self._name, f"event {name}", self._undeclared)

    def _event_keys(self, name: str) -> Mapping[str, Sequence[str]]:
        plan = self._event_plans.get(name)
        return {} if plan is None else plan.attributes


class Enforcer:
    """Applies a policy. Used by one thread at a time.

    Args:
        policy: has been validated.
        declared: all that is declared; specs of the same name count once, the first.
        count: called with the name of a counter and a reason.
        report: called once per kind of finding, with its level and a sentence.
        query_allow: query parameters whose values may stay in URLs.
        homes: the modules that declare spans, by name of the span.
    """

    def __init__(
        self,
        policy: Policy,
        declared: Iterable[SpanSpec],
        count: Count,
        report: Report,
        query_allow: Collection[str] = (),
        homes: Mapping[str, str] | None = None,
    ) -> None:
        self.policy = policy
        self.shared = SharedRules(policy, count, report, query_allow)
        self._undeclared = attribute_levels(policy)
        self._homes = homes or {}
        self._names = DistinctValues(policy.max_distinct_names)
        self._declared: dict[str, SpanSpec] = {}
        for spec in declared:
            self._declared.setdefault(spec.name, spec)
        self._plans: dict[str, SpanPlan] = {}
        if policy.release:
            specs = self._declared.values()
            self._plans = plans_for(specs, policy.release, policy.show_hidden_for, policy.disabled_spans)
        former = {alias: spec for spec in self._declared.values() for alias in spec.aliases}
        self._declared = {**former, **self._declared}
        self._off = {name for name, plan in self._plans.items() if plan.is_hidden} | set(policy.disabled_spans)
        self._known: dict[str, tuple[str, SpanRules]] = {}
        self._free = SpanRules("(undeclared)", None, "allow", self.shared)
        self.scopes = ScopeNames(self.shared.cleaner.text)

    def rules_for(self, name: str) -> tuple[str, SpanRules]:
        """Return the name that a span of this name is exported with, and its rules.

        The name is cleaned like any text, and is ``(other)`` beyond the bound on distinct names.
        """
        found = self._known.get(name)
        if found is not None:
            return found
        spec = self._declared.get(name)
        if spec is not None:
            undeclared = self._undeclared.level_of(self._homes.get(spec.name, ""))
            rules = SpanRules(spec.name, spec, undeclared, self.shared, self._plans.get(name))
            found = self._known[name] = (spec.name, rules)
            return found
        cleaned = self.shared.cleaner.text(name, _LONGEST_NAME)
        if not self._names.admit(cleaned):
            self.shared.count("span_names_bounded", "")
            return OTHER, self._free
        if cleaned == name:
            self._known[name] = (name, self._free)
        return cleaned, self._free

    def allowed(self, resource: Mapping[str, Any]) -> dict[str, Any]:
        """Return the attributes of this process as they may leave it."""
        rules = AttributeRules("(resource)", None, "allow", self.shared)
        judged = {key: rules.judge(key, value) for key, value in resource.items()}
        return {key: value for key, value in judged.items() if value is not REFUSED}

    @property
    def hides_spans(self) -> bool:
        """Whether some declared spans are not recorded."""
        return bool(self._off)

    def is_hidden(self, name: str) -> bool:
        """Tell whether spans of this name are disabled, or hidden because their deprecation window has ended."""
        return name in self._off

    def is_declared(self, name: str) -> bool:
        """Tell whether a span of this name is declared."""
        return name in self._declared


class ScopeNames(dict[str, str]):
    """The names that instrumentation scopes of third-party code are exported with, by those that they have.

    They are cleaned like any text, and are ``(other)`` beyond the first 256.

    Args:
        clean: returns a text without secrets, cut to so many characters.
    """

    def __init__(self, clean: Callable[[str, int], str]) -> None:
        self._clean = clean

    def __missing__(self, scope: str) -> str:
        if len(self) >= _MOST_SCOPES:
            return OTHER
        shown = self[scope] = self._clean(scope, _LONGEST_NAME)
        return shown
