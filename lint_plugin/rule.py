"""What a rule is: one module with a docstring that explains it, a check, and cases that prove it."""

from __future__ import annotations

import importlib
import os
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

from lint_plugin.finding import Finding
from lint_plugin.module import Hit, Module, Place
from lint_plugin.own_rules import imported
from lint_plugin.settings import SettingsError

__all__ = [
    "Finding",
    "Hit",
    "IncompleteRuleError",
    "Module",
    "Place",
    "RegisteredRule",
    "Rule",
    "all_rules",
    "registered",
    "rules_in_use",
]

_CODE = r"[A-Z]{1,3}[0-9]{3}\Z"
_PARTS = ("Why:", "Wrong:", "Right:")


class Rule(NamedTuple):
    """One rule, as its module declares it.

    Args:
        code: letters and three digits; flake8 accepts nothing else.
        name: a short name in kebab-case.
        check: finds the places that break the rule.
        accepts: sources that the rule leaves alone; at least one.
        rejects: sources that break it exactly once each; at least one.
        strict: only strict mode asks for it.
        words: a file without any of these cannot break the rule; by default the names of the sealed modules, of the
            facade and of everything that loads modules by name.
        about_suppressions: it looks at the findings of the others, and cannot be suppressed itself.
    """

    code: str
    name: str
    check: Callable[[Module], Iterable[Hit]]
    accepts: tuple[str, ...]
    rejects: tuple[str, ...]
    strict: bool = False
    words: tuple[str, ...] = ()
    about_suppressions: bool = False


class RegisteredRule(NamedTuple):
    """A rule with the docstring of its module: summary, then the parts Why, Wrong and Right; and the module's name."""

    rule: Rule
    explanation: str
    module: str = ""

    @property
    def summary(self) -> str:
        """The first line of the explanation."""
        return self.explanation.partition("\n")[0]


class IncompleteRuleError(SettingsError):
    """A rule module that lacks cases or a part of its explanation cannot register."""


@lru_cache(maxsize=16)
def all_rules(more: tuple[str, ...] = ()) -> tuple[RegisteredRule, ...]:
    """Return every rule of ``lint_plugin.rules`` and of other modules, by code.

    Args:
        more: modules with one rule each, as `rules` in the settings names them.

    Raises:
        IncompleteRuleError: a rule has no accepted or no rejected case, does not explain itself, or takes the code of
            another one; or a module cannot be imported or has no rule.
    """
    found: dict[str, RegisteredRule] = {}
    for name in (*_own_modules(), *more):
        rule = registered(name)
        if rule.rule.code in found:
            raise IncompleteRuleError(f"{name} takes the code {rule.rule.code} of another rule; choose a free one")
        found[rule.rule.code] = rule
    return tuple(found[code] for code in sorted(found))


@lru_cache(maxsize=16)
def rules_in_use(more: tuple[str, ...], strict: bool) -> tuple[Rule, ...]:
    """Return the rules that are asked of a file, by code.

    Args:
        more: as for ``all_rules``.
        strict: whether strict mode is on.

    Raises:
        IncompleteRuleError: see ``all_rules``.
    """
    if strict or more:
        return tuple(found.rule for found in all_rules(more) if strict or not found.rule.strict)
    from lint_plugin.strict_rules import STRICT

    # What need not be loaded is time saved where one file is checked.
    names = (name for name in _own_modules() if name.rpartition(".")[2] not in STRICT)
    found = (registered(name).rule for name in names)
    return tuple(sorted((rule for rule in found if not rule.strict), key=lambda rule: rule.code))


def _own_modules() -> list[str]:
    package = importlib.import_module("lint_plugin.rules")
    names = {entry.partition(".")[0] for entry in os.listdir(package.__path__[0]) if entry.startswith("trf")}
    return [f"lint_plugin.rules.{name}" for name in sorted(names)]


def registered(module_name: str) -> RegisteredRule:
    """Return the rule of one module, checked for completeness.

    Raises:
        IncompleteRuleError: see ``all_rules``.
    """
    try:
        module = imported(module_name)
        rule: Rule = module.RULE
    except (ImportError, AttributeError) as error:
        raise IncompleteRuleError(
            f"{module_name} cannot register: {error}; it must be installed beside the checker and have a RULE"
        ) from error
    explanation = (module.__doc__ or "").strip()
    missing = [part for part in _PARTS if part not in explanation]
    missing += [name for name in ("accepts", "rejects") if not getattr(rule, name)]
    if missing or not re.match(_CODE, rule.code):
        raise IncompleteRuleError(
            f"{module_name} cannot register as {rule.code!r}: a code is letters and three digits, and a rule needs "
            f"Why:, Wrong: and Right: in its docstring and cases to accept and reject; missing: {missing or 'nothing'}"
        )
    return RegisteredRule(rule, explanation, module_name)
