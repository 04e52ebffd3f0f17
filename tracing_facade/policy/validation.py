"""Finds everything that is wrong with a policy, each problem with its field path."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from functools import partial
from typing import Any

from tracing_facade._on_demand import pattern_on_demand
from tracing_facade.errors import Problem
from tracing_facade.policy.settings import ACTIONS, LEVELS, LevelRule, Policy, SamplingRule
from tracing_facade.stability import Stability, parse_release, window_is_open

_MODULE = pattern_on_demand(r"[^\W\d]\w*(\.[^\W\d]\w*)*\Z")
_MILLION = 1_000_000


def validate_policy(policy: Any) -> Iterator[Problem]:
    """Yield all problems; paths begin with ``policy``."""
    if not isinstance(policy, Policy):
        yield Problem("policy", f"{type(policy).__name__} is not a Policy")
        return
    for item in fields(Policy):
        check = _CHECKS.get(item.name, _count)
        yield from check(f"policy.{item.name}", getattr(policy, item.name))
    yield from _shown(policy)


def _shown(policy: Policy) -> Iterator[Problem]:
    if not policy.show_hidden_for:
        return
    if not policy.release:
        yield Problem("policy.show_hidden_for", "needs policy.release: which release is running?")
        return
    try:
        window_is_open(Stability.STABLE, policy.release, policy.release, policy.show_hidden_for)
    except ValueError as error:
        yield Problem("policy.show_hidden_for", str(error))


def _choice(path: str, value: Any, allowed: tuple[str, ...]) -> Iterator[Problem]:
    if value not in allowed:
        import difflib  # not at the top: only mistakes need it

        close = difflib.get_close_matches(str(value), allowed, n=1)
        hint = f"; did you mean {close[0]}?" if close else ""
        yield Problem(path, f"{value!r} is not allowed; use one of {', '.join(allowed)}{hint}")


def _count(path: str, value: Any) -> Iterator[Problem]:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 100_000_000:
        yield Problem(path, f"{value!r} is not a positive whole number")


def _rate(path: str, value: Any) -> Iterator[Problem]:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or not 0 <= value <= 1_000_000_000:
        yield Problem(path, f"{value!r} is not a number per second; 0 lets none through")


def _budgets(path: str, value: Any) -> Iterator[Problem]:
    if not isinstance(value, Mapping):
        yield Problem(path, f"{type(value).__name__} is not a mapping of span names to numbers per second")
        return
    for name, rate in value.items():
        if not isinstance(name, str) or not name:
            yield Problem(path, f"{name!r} is not a span name")
        yield from _rate(f"{path}[{name}]", rate)


def _bool(path: str, value: Any) -> Iterator[Problem]:
    if not isinstance(value, bool):
        yield Problem(path, f"{value!r} is not a boolean; write true or false")


def _secret(path: str, value: Any) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield Problem(path, f"is {type(value).__name__}, not a string")


def _release(path: str, value: Any) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield Problem(path, f'{value!r} is not a string; put the version in quotes, for example "1.4"')
        return
    try:
        parse_release(value or "1.0")
    except ValueError as error:
        yield Problem(path, str(error))


def _modules(path: str, values: Any) -> Iterator[Problem]:
    yield from _texts(path, values)
    for index, value in enumerate(values if isinstance(values, tuple) else ()):
        if isinstance(value, str) and value and not _MODULE.match(value):
            yield Problem(f"{path}[{index}]", f"{value!r} is not a dotted module name, such as shop.spans")


def _texts(path: str, values: Any) -> Iterator[Problem]:
    if not isinstance(values, tuple):
        yield Problem(path, f"{type(values).__name__} is not a list of strings")
        return
    for index, value in enumerate(values):
        if not isinstance(value, str) or not value.strip():
            yield Problem(f"{path}[{index}]", f"{value!r} is not a non-empty string")


def _list_of(
    kind: type, what: str, check: Callable[[str, Any], Iterator[Problem]]
) -> Callable[[str, Any], Iterator[Problem]]:
    def checked(path: str, rules: Any) -> Iterator[Problem]:
        if not isinstance(rules, tuple):
            yield Problem(path, f"{type(rules).__name__} is not a list of {what}s")
            return
        for index, rule in enumerate(rules):
            here = f"{path}[{index}]"
            if isinstance(rule, kind):
                yield from check(here, rule)
            else:
                yield Problem(here, f"{type(rule).__name__} is not a {what}")

    return checked


def _level_rule(path: str, rule: LevelRule) -> Iterator[Problem]:
    yield from _modules(f"{path}.modules", rule.modules)
    if rule.undeclared_spans is None and rule.undeclared_attributes is None:
        yield Problem(path, "says nothing; give a level for undeclared spans, or one for undeclared attributes")
    for name in ("undeclared_spans", "undeclared_attributes"):
        if getattr(rule, name) is not None:
            yield from _level(f"{path}.{name}", getattr(rule, name))


def _sampling_rule(path: str, rule: SamplingRule) -> Iterator[Problem]:
    for name in ("spans", "routes", "groups"):
        yield from _texts(f"{path}.{name}", getattr(rule, name))
    if (rule.rate_per_million is None) == (rule.per_second is None):
        yield Problem(path, "needs exactly one of the two: a rate per million, or a number per second")
    if rule.per_second is not None:
        yield from _rate(f"{path}.per_second", rule.per_second)
    rate: Any = rule.rate_per_million
    if rate is not None and (not isinstance(rate, int) or isinstance(rate, bool) or not 0 <= rate <= _MILLION):
        yield Problem(f"{path}.rate_per_million", f"{rate!r} is not a whole number from 0 to 1000000")


_level, _action = partial(_choice, allowed=LEVELS), partial(_choice, allowed=ACTIONS)
_CHECKS: dict[str, Callable[[str, Any], Iterator[Problem]]] = {
    "declarations": _modules,
    "release": _release,
    "show_hidden_for": _release,
    "disabled_spans": _texts,
    "undeclared_spans": _level,
    "undeclared_attributes": _level,
    "detect_secrets": _bool,
    "detect_emails": _bool,
    "personal": _action,
    "secret": _action,
    "hash_key": _secret,
    "hash_key_file": _secret,
    "unbounded": _texts,
    "spans_per_second": _budgets,
    "sampling": _list_of(SamplingRule, "sampling rule", _sampling_rule),
    "levels": _list_of(LevelRule, "rule about levels", _level_rule),
    "forced_per_second": _rate,
}
