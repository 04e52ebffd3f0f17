"""Findings as SARIF 2.1.0, which code hosts show beside the code."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from lint_plugin.finding import Finding
from lint_plugin.reports.markdown import as_markdown
from lint_plugin.rule import RegisteredRule

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_sarif(findings: Sequence[Finding], rules: Sequence[RegisteredRule], version: str) -> str:
    """Return a SARIF log with one run.

    Args:
        findings: what was found.
        rules: all rules, whether they found something or not.
        version: of the checker.
    """
    codes = [found.rule.code for found in rules]
    driver = {"name": "tracing-lint", "version": version, "rules": [_rule(found) for found in rules]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, codes) for one in findings],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(found: RegisteredRule) -> dict[str, Any]:
    return {
        "id": found.rule.code,
        "name": "".join(word.capitalize() for word in found.rule.name.split("-")),
        "shortDescription": {"text": found.summary},
        "fullDescription": {"text": found.explanation},
        "help": {"text": found.explanation, "markdown": as_markdown(found)},
    }


def _result(finding: Finding, codes: list[str]) -> dict[str, Any]:
    region = {"startLine": finding.line, "startColumn": finding.column}
    place = {"artifactLocation": {"uri": _uri(finding.path)}, "region": region}
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "level": finding.level,
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": place}],
    }
    if finding.code in codes:
        result["ruleIndex"] = codes.index(finding.code)
    return result


def _uri(path: str) -> str:
    # Names of files may hold bytes that are no text; a URI shows them as they are.
    return quote(os.fsencode(path.replace(os.sep, "/")), safe="/")
