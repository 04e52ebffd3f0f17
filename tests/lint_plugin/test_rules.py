"""Every rule explains itself and is held to its own cases, and an incomplete one does not register."""

from __future__ import annotations

import sys
import types
from pathlib import Path

import pytest

from lint_plugin.cases import case
from lint_plugin.checker import check_bytes
from lint_plugin.rule import Finding, IncompleteRuleError, Rule, all_rules, registered
from lint_plugin.settings import settings_for

RULES = [found.rule for found in all_rules()]
ACCEPTED = [pytest.param(rule, text, id=f"{rule.code}-{text[:40]!r}") for rule in RULES for text in rule.accepts]
REJECTED = [pytest.param(rule, text, id=f"{rule.code}-{text[:40]!r}") for rule in RULES for text in rule.rejects]


def _found(rule: Rule, text: str, folder: Path) -> list[Finding]:
    """Return the findings of one rule on a case that is laid out in a folder."""
    settings, files = case(text)
    table = f"[tool.tracing-facade]\n{settings}" + ("strict = true\n" if rule.strict else "")
    (folder / "pyproject.toml").write_text(table)
    for name, source in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    paths = [str(folder / name) for name in files]
    findings = [found for path in paths for found in check_bytes(path, Path(path).read_bytes(), settings_for(path))]
    return [finding for finding in findings if finding.code == rule.code]


@pytest.mark.parametrize(("rule", "text"), ACCEPTED)
def test_a_rule_leaves_alone_what_it_accepts(rule: Rule, text: str, tmp_path: Path) -> None:
    """No finding of this rule."""
    assert _found(rule, text, tmp_path) == []


@pytest.mark.parametrize(("rule", "text"), REJECTED)
def test_a_rule_reports_what_it_rejects_once(rule: Rule, text: str, tmp_path: Path) -> None:
    """One finding, not one per name or use."""
    assert len(_found(rule, text, tmp_path)) == 1


@pytest.mark.parametrize("lacking", ["accepts", "rejects", "Why:", "Wrong:", "Right:"])
def test_an_incomplete_rule_does_not_register(lacking: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule without cases or explanation is refused, and told what it lacks."""
    module = types.ModuleType("a_rule", "Summary.\n\nWhy:\nWrong:\nRight:\n".replace(lacking, ""))
    cases: dict[str, tuple[str, ...]] = {"accepts": ("a",), "rejects": ("b",)}
    if lacking in cases:
        cases[lacking] = ()
    module.RULE = Rule("TRF999", "x", lambda module: (), **cases)  # type: ignore[attr-defined, arg-type]
    monkeypatch.setitem(sys.modules, "a_rule", module)
    with pytest.raises(IncompleteRuleError, match=lacking):
        registered("a_rule")
