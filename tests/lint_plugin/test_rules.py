"""Every rule explains itself and is held to its own cases, and an incomplete one does not register."""

from __future__ import annotations

import json
import re
import sys
import types
from collections.abc import Callable
from pathlib import Path

import pytest

from lint_plugin.cases import case
from lint_plugin.command import main
from lint_plugin.rule import IncompleteRuleError, Rule, all_rules, registered, rules_in_use
from lint_plugin.strict_rules import STRICT

RULES = [found.rule for found in all_rules()]
ACCEPTED = [pytest.param(rule, text, id=f"{rule.code}-{text[:40]!r}") for rule in RULES for text in rule.accepts]
REJECTED = [pytest.param(rule, text, id=f"{rule.code}-{text[:40]!r}") for rule in RULES for text in rule.rejects]


# What a finding says after what is wrong: the beginning of a sentence that tells what to do.
ADVICE = (
    "add", "annotate", "build", "call", "choose", "configure", "declare", "did you mean", "do not", "enter", "explain",
    "have", "import", "leave", "mend", "name", "pass", "put", "remove", "renew", "replace", "require", "run", "say",
    "set", "start", "suppress", "use", "wrap", "write",
)  # fmt: skip
TOLD_WHAT_TO_DO = re.compile(rf"[:;,] (?:or |and |so )?(?:{'|'.join(ADVICE)})\b")

Find = Callable[[Rule, str], list[str]]


def test_only_rules_of_strict_mode_are_left_out_without_it() -> None:
    """And all of them, so that nothing is loaded in vain."""
    assert {found.module.rpartition(".")[2] for found in all_rules() if found.rule.strict} == STRICT
    assert list(rules_in_use((), False)) == [rule for rule in RULES if not rule.strict]
    assert list(rules_in_use((), True)) == RULES


@pytest.fixture
def find(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Find:
    """Return what gives the messages of one rule on a case, as the command reports them."""
    monkeypatch.chdir(tmp_path)

    def messages(rule: Rule, text: str) -> list[str]:
        _lay_out(rule, text, tmp_path)
        main(["check", "--format", "json", "--no-cache", "."])
        found = json.loads(capsys.readouterr().out)
        return [one["message"] for one in found if one["code"] == rule.code]

    return messages


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
    assert find(rule, text) == []


@pytest.mark.parametrize(("rule", "text"), REJECTED)
def test_a_rule_reports_what_it_rejects_once(rule: Rule, text: str, find: Find) -> None:
    """One finding, not one per name or use, and it says what to do."""
    (message,) = find(rule, text)
    assert TOLD_WHAT_TO_DO.search(message)


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
