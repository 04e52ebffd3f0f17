"""What the rules of all spans have in common: the cleaner, the bounds on distinct values, and whom to tell."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from tracing_facade.policy.cardinality import OTHER, DistinctValues
from tracing_facade.policy.secrets import UUID_CHARACTERS, SecretFinder
from tracing_facade.policy.sensitivity import action
from tracing_facade.policy.settings import Level, Policy
from tracing_facade.policy.url_attributes import REDACTIONS, redacted_part
from tracing_facade.policy.values import ValueCleaner

Count = Callable[[str, str], None]
Report = Callable[[Level, str], None]

_MOST_BOUNDED_KEYS = 256
_MOST_KEYS = 1_024
_MOST_REPORTS = 256


class SharedRules:
    """The policy, compiled once.

    Args:
        policy: has been validated.
        count: called with the name of a counter and a reason.
        report: called once per kind of finding, with its level and a sentence about it.
        query_allow: query parameters whose values may stay in URLs.
    """

    def __init__(self, policy: Policy, count: Count, report: Report, query_allow: Collection[str]) -> None:
        self.detects = policy.detect_secrets
        self._max_key_length = policy.max_key_length
        self._good_keys: set[str] = set()
        self.max_stacktrace_length = policy.max_stacktrace_length
        self._query_allow = query_allow
        finder = SecretFinder(query_allow, emails=policy.detect_emails)
        redact = finder.redact if policy.detect_secrets else None
        self.cleaner = ValueCleaner(redact, policy.max_value_length, policy.max_items)
        self.count = count
        self._report = report
        self._reported: set[tuple[str, ...]] = set()
        self._actions = {"personal": policy.personal, "secret": policy.secret}
        self._hash_key = policy.hash_key
        self._treatments: dict[str, Callable[[Any], Any]] = {}
        self._most_values = policy.max_distinct_values
        self._unbounded = frozenset(policy.unbounded)
        self._holds_identifiers = policy.max_value_length >= UUID_CHARACTERS
        self._values: dict[str, DistinctValues] = {}

    def without_url_secrets(self, key: str, value: Any) -> Any:
        """Return the value of an attribute, without what may be secret in it if it is one that holds a URL."""
        redact = REDACTIONS.get(key)
        if redact is None or not self.detects:
            return value
        return redacted_part(redact, value, self._query_allow)

    def treatment(self, sensitivity: str) -> Callable[[Any], Any] | None:
        """Return what is done with values of this sensitivity; None for public ones."""
        if sensitivity not in self._actions:
            return None
        if sensitivity not in self._treatments:
            self._treatments[sensitivity] = action(self._actions[sensitivity], self._hash_key)
        return self._treatments[sensitivity]

    def admit_value(self, key: str, text: str) -> bool:
        """Tell whether one more distinct text of an attribute is within the bound."""
        values = self._values.get(key)
        if values is None:
            if key in self._unbounded:
                return True
            # Attributes beyond the first ones share one bound, so that keys made up at run time cost no memory.
            name = key if len(self._values) < _MOST_BOUNDED_KEYS else ""
            values = self._values.setdefault(name, DistinctValues(self._most_values))
        return values.admit(text)

    def admits_identifiers(self, key: str) -> bool:
        """Tell whether UUIDs as values of an attribute are neither counted nor cut."""
        return self._holds_identifiers and key in self._unbounded

    def counted_as(self, key: str) -> str:
        """Return what a value beyond the bound is counted under; keys without a bound of their own share one count."""
        return key if key in self._values else OTHER

    def admits_key(self, key: str) -> bool:
        """Tell whether an undeclared attribute may have this key: not too long, and no secret itself."""
        if key in self._good_keys:
            return True
        if len(key) > self._max_key_length or self.cleaner.text(key, self._max_key_length) != key:
            return False
        if len(self._good_keys) < _MOST_KEYS:
            self._good_keys.add(key)
        return True

    def admit_undeclared(self, where: str, key: str, level: Level) -> bool:
        """Tell whether an undeclared attribute stays, as ``level`` says; count and report it."""
        self.count("attributes_refused" if level != "warn" else "attributes_undeclared", f"{where}: undeclared")
        if level != "drop":
            shown = self.cleaner.text(key, 80)
            sentence = f"{where}: the attribute {shown!r} is not declared; declare it or leave it out"
            self.report(level, (where, shown), sentence)
        return level == "warn"

    def refuse(self, where: str, key: str, reason: str) -> None:
        """Count and report an attribute that is not recorded."""
        self.count("attributes_refused", f"{where}: {reason}")
        self.report("error", (where, key, reason), f"{where}: the attribute {key!r} is refused ({_REASONS[reason]})")

    def report(self, level: Level, kind: tuple[str, ...], sentence: str) -> None:
        """Report a kind of finding the first time; after 256 kinds only counters tell."""
        if level != "drop" and kind not in self._reported and len(self._reported) < _MOST_REPORTS:
            self._reported.add(kind)
            self._report(level, sentence)


_REASONS = {
    "type": "its value does not have the declared type",
    "value": "its value is not one of the declared values",
    "pattern": "its value does not match the declared pattern",
    "key": "its key is too long, or holds a secret",
    "unreadable": "its value cannot be read",
}
