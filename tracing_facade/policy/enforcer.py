"""The policy, compiled for a set of declarations: what is recorded of every span, and as what."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from tracing_facade.policy.attributes import AttributeRules
from tracing_facade.policy.cardinality import OTHER, DistinctValues
from tracing_facade.policy.settings import Level, Policy
from tracing_facade.policy.shared import Count, Report, SharedRules
from tracing_facade.registry import SpanSpec

_LONGEST_NAME = 256


class SpanRules:
    """The rules for spans of one name.

    Args:
        name: of the spans.
        spec: their declaration; None when there is none to hold them against.
        undeclared: what becomes of attributes and events that it does not name.
        shared: what all spans have in common.
    """

    def __init__(self, name: str, spec: SpanSpec | None, undeclared: Level, shared: SharedRules) -> None:
        self._name = name
        self._shared = shared
        self._undeclared: Level = undeclared if spec else "allow"
        self.attributes = AttributeRules(name, spec.attributes if spec else None, undeclared, shared)
        self.events = {
            event.name: AttributeRules(f"{name}/{event.name}", event.attributes, undeclared, shared)
            for event in (spec.events if spec else ())
        }
        self.other_events = self.link_attributes = AttributeRules(name, None, "allow", shared)
        self.encoder: Any = None
        """Room for whoever encodes spans to keep what he made of these rules."""

    def admits_event(self, name: str) -> bool:
        """Tell whether an event that the declaration does not name stays; ``exception`` always does."""
        if self._undeclared == "allow" or name == "exception":
            return True
        return self._shared.admit_undeclared(self._name, f"event {name}", self._undeclared)


class Enforcer:
    """Applies a policy. Used by one thread at a time.

    Args:
        policy: has been validated.
        declared: all that is declared; specs of the same name count once, the first.
        count: called with the name of a counter and a reason.
        report: called once per kind of finding, with its level and a sentence.
        query_allow: query parameters whose values may stay in URLs.
    """

    def __init__(
        self,
        policy: Policy,
        declared: Iterable[SpanSpec],
        count: Count,
        report: Report,
        query_allow: Collection[str] = (),
    ) -> None:
        self.policy = policy
        self.shared = SharedRules(policy, count, report, query_allow)
        self._names = DistinctValues(policy.max_distinct_names)
        self._declared: dict[str, SpanSpec] = {}
        for spec in declared:
            self._declared.setdefault(spec.name, spec)
        self._known: dict[str, tuple[str, SpanRules]] = {}
        self._free = SpanRules("(undeclared)", None, "allow", self.shared)

    def rules_for(self, name: str) -> tuple[str, SpanRules]:
        """Return the name that a span of this name is exported with, and its rules.

        The name is cleaned like any text, and is ``(other)`` beyond the bound on distinct names.
        """
        found = self._known.get(name)
        if found is not None:
            return found
        spec = self._declared.get(name)
        if spec is not None:
            rules = SpanRules(name, spec, self.policy.undeclared_attributes, self.shared)
            found = self._known[name] = (name, rules)
            return found
        cleaned = self.shared.cleaner.text(name, _LONGEST_NAME)
        if not self._names.admit(cleaned):
            self.shared.count("span_names_bounded", "")
            return OTHER, self._free
        if cleaned == name:
            self._known[name] = (name, self._free)
        return cleaned, self._free

    def is_declared(self, name: str) -> bool:
        """Tell whether a span of this name is declared."""
        return name in self._declared
