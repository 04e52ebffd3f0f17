"""A rule can be held to its cases from the command line, as those do who write one of their own."""

from __future__ import annotations

from pathlib import Path

from tests.lint_plugin.running import Run, write
from tests.lint_plugin.test_own_rules import RULE, SETTINGS, call


def test_every_rule_gets_its_cases_right(run: Run) -> None:
    """As the tests of this repository say too."""
    told = run("rules", "--test")
    assert told.code == 0
    right, _, number = told.out.partition(" of ")
    assert number.startswith(f"{right} cases")


def test_a_case_with_another_verdict_is_shown(tmp_path: Path) -> None:
    """With how often it was to be found and how often it was; the exit code is 1."""
    wrong = RULE.replace('("import os\\n",)', '("requests.get(2)\\n",)')
    assert wrong != RULE
    write(tmp_path, {"site/ours/__init__.py": "", "site/ours/rules.py": wrong, "tree/pyproject.toml": SETTINGS})
    told = call("lint_plugin.command", "rules", "--test", "ORG101", cwd=tmp_path / "tree", path=tmp_path / "site")
    assert told.returncode == 1
    assert told.stdout.startswith("ORG101: 1 findings instead of 0 in:\n\n    requests.get(2)\n")
    assert told.stdout.endswith("1 of 2 cases get their verdict\n")
