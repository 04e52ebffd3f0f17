"""Decides about the attributes of one kind of span or event: which are recorded, and as what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from tracing_facade.policy.cardinality import OTHER
from tracing_facade.policy.declared import check_of
from tracing_facade.policy.refused import REFUSED
from tracing_facade.policy.secrets import names_a_secret
from tracing_facade.policy.settings import Level
from tracing_facade.policy.shared import SharedRules
from tracing_facade.policy.url_redaction import REDACTED
from tracing_facade.registry import AttributeSpec

STACKTRACE = "exception.stacktrace"
# Keys are few and repeat, unlike their values; an application that makes up keys only loses the short cut. How long
# they may be is checked before.
_key_names_a_secret = lru_cache(maxsize=1_024)(names_a_secret)
_TEXTS = (str, list[str])


class _Declared(NamedTuple):
    check: Callable[[Any], str]
    treat: Callable[[Any], Any] | None
    safe: bool
    """Its values are all known, so there is nothing to search or to count in them."""
    any_text: bool
    """It may be any text."""
    any_integer: bool
    """It may be any integer."""


class AttributeRules:
    """The rules for the attributes of one span or event.

    Args:
        where: the span or event, for counters and the log.
        declared: its attributes; None when there is no declaration to hold them against.
        undeclared: what becomes of others.
        shared: what all spans have in common.
        names: the keys that some keys are emitted with; see ``registry.emission``.
    """

    def __init__(
        self,
        where: str,
        declared: Iterable[AttributeSpec] | None,
        undeclared: Level,
        shared: SharedRules,
        names: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._where = where
        self._shared = shared
        self._undeclared: Level = "allow" if declared is None else undeclared
        self._declared = {
            key: compiled
            for spec in declared or ()
            for compiled in (self._compiled(spec),)
            for key in (spec.key, *spec.aliases)
        }
        self.names = dict(names or {})

    def present(self, attributes: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return attributes without those that are set by a former key although the present one is set too."""
        doubled = [key for key in attributes if self._is_doubled(key, attributes)]
        return {key: value for key, value in attributes.items() if key not in doubled} if doubled else attributes

    def _is_doubled(self, key: str, attributes: Mapping[str, Any]) -> bool:
        names = self.names.get(key, ())
        return len(names) > 1 and key != names[0] and names[0] in attributes

    def keys_for(self, key: str) -> Sequence[str]:
        """Return the keys that an attribute is emitted with: itself, or as stability and aliases say; maybe none."""
        return self.names.get(key, (key,))

    def judge(self, key: str, value: Any) -> Any:
        """Return the value as it may leave the process, or ``REFUSED``. Never raises for any value."""
        declared = self._declared.get(key)
        if declared is None:
            return self._judge_undeclared(key, value)
        wrong = declared.check(value)
        if wrong:
            return self._refuse(key, wrong)
        if declared.treat is not None:
            return self._treated(key, declared.treat, value)
        return value if declared.safe else self._clean(key, value)

    def passes_identifiers(self, key: str) -> bool:
        """Tell whether every UUID may stay as the value of this attribute, neither counted nor refused."""
        declared = self._declared.get(key)
        if not self._shared.admits_identifiers(key):
            return False
        if declared is not None:
            return declared.any_text and declared.treat is None
        return self._passes_undeclared(key)

    def passes_small_numbers(self, key: str) -> bool:
        """Tell whether every integer that is too small for a card's number may stay as the value of this attribute."""
        declared = self._declared.get(key)
        if declared is not None:
            return declared.any_integer and declared.treat is None
        return self._passes_undeclared(key)

    def _passes_undeclared(self, key: str) -> bool:
        return self._undeclared == "allow" and not (self._shared.detects and _key_names_a_secret(key))

    def _treated(self, key: str, treat: Callable[[Any], Any], value: Any) -> Any:
        try:
            return treat(value)
        except Exception:
            return self._refuse(key, "unreadable")

    def _judge_undeclared(self, key: str, value: Any) -> Any:
        if self._undeclared != "allow" and not self._shared.admit_undeclared(self._where, key, self._undeclared):
            return REFUSED
        if not self._shared.admits_key(key):
            return self._refuse("(withheld)", "key")
        if self._shared.detects and type(value) is not bool and _key_names_a_secret(key):
            return self._mask(value)
        return self._clean(key, value)

    def _mask(self, value: Any) -> str:
        self._shared.count("attributes_redacted", "key")
        return REDACTED

    def _clean(self, key: str, value: Any) -> Any:
        try:
            if type(value) is str:
                return self._text(key, value)
            cleaned = self._shared.cleaner.value(self._shared.without_url_secrets(key, value))
            return self._bounded(key, cleaned) if type(cleaned) in (str, tuple) else cleaned
        except Exception:
            return self._refuse(key, "unreadable")

    def _text(self, key: str, value: str) -> Any:
        shared = self._shared
        plain = shared.without_url_secrets(key, value)
        cleaned = shared.cleaner.text(plain, shared.max_stacktrace_length if key == STACKTRACE else None)
        if cleaned is not value and cleaned != value:
            shared.count("attributes_redacted", "value")
        return self._bounded(key, cleaned)

    def _bounded(self, key: str, cleaned: Any) -> Any:
        """Return a text, or a list in which each text, that is within the bound on distinct ones of this attribute."""
        if type(cleaned) is tuple:
            return tuple(self._bounded(key, item) if type(item) in (str, tuple) else item for item in cleaned)
        if self._shared.admit_value(key, cleaned):
            return cleaned
        self._shared.count("attributes_bounded", self._shared.counted_as(key))
        return OTHER

    def _refuse(self, key: str, reason: str) -> Any:
        self._shared.refuse(self._where, key, reason)
        return REFUSED

    def _compiled(self, spec: AttributeSpec) -> _Declared:
        treat = self._shared.treatment(spec.sensitivity)
        known = bool(spec.values) or spec.type in (bool, float)
        if treat is None and not known and self._shared.detects and spec.type in _TEXTS and names_a_secret(spec.key):
            treat = self._mask  # declared as public by mistake, most likely; its values are as secret as they sound
        any_text = spec.type is str and not spec.values and not spec.pattern
        any_integer = spec.type is int and not spec.values and not spec.pattern
        return _Declared(check_of(spec), treat, known, any_text, any_integer)
