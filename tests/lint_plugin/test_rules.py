"""Every rule explains itself and is held to its own cases, and an incomplete one does not register."""

from __future__ import annotations

import json
import sys
import types
from collections.abc import Callable
from pathlib import Path

import pytest

from lint_plugin.cases import case
from lint_plugin.command import main
from lint_plugin.rule import IncompleteRuleError, Rule, all_rules, registered

RULES = [found.rule for found in all_rules()]
ACCEPTED = [pytest.param(rule, text, id=f"{rule.code}-{text[:40]!r}") for rule in RULES for text in rule.accepts]
REJECTED = [pytest.param(rule, text, id=f"{rule.code}-{text[:40]!r}") for rule in RULES for text in rule.rejects]


Find = Callable[[Rule, str], int]


@pytest.fixture
def find(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Find:
    """Return what counts the findings of one rule on a case, as the command reports them."""
    monkeypatch.chdir(tmp_path)

    def count(rule: Rule, text: str) -> int:
        _lay_out(rule, text, tmp_path)
        main(["check", "--format", "json", "--no-cache", "."])
        return [found["code"] for found in json.loads(capsys.readouterr().out)].count(rule.code)

    return count


def _lay_out(rule: Rule, text: str, folder: Path) -> None:
    settings, files = case(text)
    table = f"[tool.tracing-facade]\n{settings}" + ("strict = true\n" if rule.strict else "")
    (folder / "pyproject.toml").write_text(table)
    for name, source in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")


@pytest.mark.parametrize(("rule", "text"), ACCEPTED)
def test_a_rule_leaves_alone_what_it_accepts(rule: Rule, text: str, find: Find) -> None:
    """No finding of this rule."""
    assert find(rule, text) == 0


@pytest.mark.parametrize(("rule", "text"), REJECTED)
def test_a_rule_reports_what_it_rejects_once(rule: Rule, text: str, find: Find) -> None:
    """One finding, not one per name or use."""
    assert find(rule, text) == 1


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
