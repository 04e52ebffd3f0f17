"""The forms of output: each is what those who read it expect."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from sarif_pydantic import Sarif

from tests.lint_plugin.running import Run, write


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A program with an error and a warning, in a file with a difficult name."""
    write(tmp_path, {
        "pyproject.toml": "[tool.tracing-facade]\nlevels = ['TRF102=warning .*']\n",
        "a, b%c.py": "import opentelemetry\n__import__('opentelemetry')\n",
    })  # fmt: skip
    return tmp_path


def test_full_shows_the_source_line(run: Run, project: Path) -> None:
    """With a mark below the place."""
    lines = run("check", ".").out.splitlines()
    assert lines[0].startswith("a, b%c.py:1:1: TRF101 opentelemetry is sealed: ")
    assert lines[1:3] == ["    import opentelemetry", "    ^"]
    assert lines[-1] == "2 findings"


def test_concise_is_one_line_a_finding(run: Run, project: Path) -> None:
    """``path:line:column: CODE message``."""
    lines = run("check", "--format", "concise", ".").out.splitlines()
    assert [line.split(" ")[2] for line in lines] == ["TRF101", "TRF102"]


def test_github_annotations_are_escaped(run: Run, project: Path) -> None:
    """As workflow commands want it."""
    first, second = run("check", "--format", "github", ".").out.splitlines()
    assert first.startswith("::error file=a%2C b%25c.py,line=1,col=1,title=TRF101::TRF101 opentelemetry is sealed: ")
    assert second.startswith("::warning file=")


def test_junit_has_a_case_for_each_file(run: Run, project: Path) -> None:
    """Which fails with each of its findings; without any, one passes."""
    suite = ElementTree.fromstring(run("check", "--format", "junit", ".").out)[0]
    assert (suite.get("tests"), suite.get("failures")) == ("1", "2")
    assert [failure.get("type") for failure in suite[0]] == ["error", "warning"]
    write(project, {"a, b%c.py": ""})
    suite = ElementTree.fromstring(run("check", "--format", "junit", ".").out)[0]
    assert (suite.get("tests"), suite.get("failures")) == ("1", "0")


def test_sarif_is_sarif(run: Run, project: Path) -> None:
    """It has the model of version 2.1.0, every rule, and a location with an escaped address."""
    text = run("check", "--format", "sarif", ".").out
    Sarif.model_validate_json(text)
    (log,) = json.loads(text)["runs"]
    rules = [rule["id"] for rule in log["tool"]["driver"]["rules"]]
    assert "TRF101" in rules
    first = log["results"][0]
    assert rules[first["ruleIndex"]] == first["ruleId"] == "TRF101"
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a%2C%20b%25c.py"
    assert place["region"] == {"startLine": 1, "startColumn": 1}


def test_warnings_do_not_fail_the_run(run: Run, project: Path) -> None:
    """They are shown all the same."""
    write(project, {"a, b%c.py": "__import__('opentelemetry')\n"})
    result = run("check", "--format", "json", ".")
    assert result.code == 0
    assert [found["level"] for found in result.findings()] == ["warning"]
