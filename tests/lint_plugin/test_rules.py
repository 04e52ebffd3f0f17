"""Every rule explains itself and is held to its own cases, and an incomplete one does not register."""

from __future__ import annotations

import sys
import types

import pytest

from lint_plugin.checker import check_bytes
from lint_plugin.rule import IncompleteRuleError, Rule, all_rules, registered
from lint_plugin.settings import Settings

RULES = [found.rule for found in all_rules()]
ACCEPTED = [pytest.param(rule, case, id=f"{rule.code}-{case[:40]!r}") for rule in RULES for case in rule.accepts]
REJECTED = [pytest.param(rule, case, id=f"{rule.code}-{case[:40]!r}") for rule in RULES for case in rule.rejects]


@pytest.mark.parametrize(("rule", "case"), ACCEPTED)
def test_a_rule_leaves_alone_what_it_accepts(rule: Rule, case: str) -> None:
    """No finding of this rule."""
    assert [finding for finding in check_bytes("x.py", case.encode(), Settings()) if finding.code == rule.code] == []


@pytest.mark.parametrize(("rule", "case"), REJECTED)
def test_a_rule_reports_what_it_rejects_once(rule: Rule, case: str) -> None:
    """One finding, not one per name or use."""
    found = [finding for finding in check_bytes("x.py", case.encode(), Settings()) if finding.code == rule.code]
    assert len(found) == 1


@pytest.mark.parametrize("lacking", ["accepts", "rejects", "Why:", "Wrong:", "Right:"])
def test_an_incomplete_rule_does_not_register(lacking: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule without cases or explanation is refused, and told what it lacks."""
    module = types.ModuleType("a_rule", "Summary.\n\nWhy:\nWrong:\nRight:\n".replace(lacking, ""))
    cases: dict[str, tuple[str, ...]] = {"accepts": ("a",), "rejects": ("b",)}
    if lacking in cases:
        cases[lacking] = ()
    module.RULE = Rule("TRF999", "x", lambda module: (), **cases)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "a_rule", module)
    with pytest.raises(IncompleteRuleError, match=lacking):
        registered("a_rule")
