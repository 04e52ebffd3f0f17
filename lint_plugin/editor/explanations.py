"""Which rule has found something, and where it explains itself."""

from __future__ import annotations

import importlib
from pathlib import Path

from lint_plugin.rule import RegisteredRule, all_rules
from lint_plugin.settings import SettingsError


def rule_of(code: str, more: tuple[str, ...]) -> RegisteredRule | None:
    """Return the rule with this code, if there is one.

    Args:
        code: of a finding.
        more: the modules with rules of one's own.
    """
    try:
        rules = all_rules(more)
    except SettingsError:
        return None
    return next((found for found in rules if found.rule.code == code), None)


def address_of(found: RegisteredRule) -> str:
    """Return the address of the file that explains a rule and has its cases; empty when there is none."""
    file = getattr(importlib.import_module(found.module), "__file__", None)
    return Path(file).as_uri() if file else ""
