"""Which level holds for a part of a program, by its module: strict where the code is ready for that."""

from __future__ import annotations

from collections.abc import Iterable
from inspect import currentframe
from typing import Any

from tracing_facade.policy.settings import Level, LevelRule, Policy

_DEEPEST = 64
_TRACED = "tracing_facade._traced"
# What stands between the code that starts a span and us; instrumentation itself is such code.
_BETWEEN = ("tracing_facade", "contextlib", *(f"opentelemetry.{part}" for part in ("trace", "util", "sdk")))


class ModuleLevels:
    """The levels of a policy by module; the last rule that matches and says something counts.

    Args:
        default: where no rule does.
        rules: module prefixes with their level; None says nothing.
    """

    def __init__(self, default: Level, rules: Iterable[tuple[tuple[str, ...], Level | None]]) -> None:
        self._default: Level = default
        self._rules = [(modules, level) for modules, level in rules if level is not None]
        self._rules.reverse()
        self.levels = frozenset({default, *(level for _, level in self._rules)})
        """All that there are."""

    @property
    def vary(self) -> bool:
        """Whether it depends on the module at all."""
        return bool(self._rules)

    def level_of(self, module: str) -> Level:
        """Return the level for a module, by its dotted name."""
        for prefixes, level in self._rules:
            if not prefixes or is_below(module, prefixes):
                return level
        return self._default

    def level_here(self) -> Level:
        """Return the level for the code that has called us, from wherever in the facade this is asked."""
        return self.level_of(calling_module()) if self._rules else self._default


def span_levels(policy: Policy) -> ModuleLevels:
    """Return the levels for undeclared spans, by the module that starts them."""
    return _levels(policy.undeclared_spans, policy.levels, "undeclared_spans")


def attribute_levels(policy: Policy) -> ModuleLevels:
    """Return the levels for undeclared attributes and events, by the module that declares their span."""
    return _levels(policy.undeclared_attributes, policy.levels, "undeclared_attributes")


def _levels(default: Level, rules: Iterable[LevelRule], field: str) -> ModuleLevels:
    return ModuleLevels(default, [(rule.modules, getattr(rule, field)) for rule in rules])


def calling_module() -> str:
    """Return the name of the nearest module on the stack that is neither ours nor a mere way to us; empty for none."""
    frame = currentframe()
    for _ in range(_DEEPEST):
        if frame is None:
            break
        module = str(frame.f_globals.get("__name__", ""))
        if module == _TRACED:
            return _module_of_traced(frame) or module
        if not is_below(module, _BETWEEN):
            return module
        frame = frame.f_back
    return ""


def _module_of_traced(frame: Any) -> str:
    """Return the module of the function that ``traced`` decorates, whoever calls it."""
    while frame is not None and frame.f_globals.get("__name__") == _TRACED:
        function = frame.f_locals.get("function")
        if function is not None:
            return str(getattr(function, "__module__", ""))
        frame = frame.f_back
    return ""


def is_below(module: str, prefixes: tuple[str, ...]) -> bool:
    """Tell whether a dotted name is one of the others, or in one of them."""
    return any(module == prefix or module.startswith(f"{prefix}.") for prefix in prefixes)
