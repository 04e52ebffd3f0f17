"""Findings as JUnit XML: one test case a file, which fails with what was found in it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from lint_plugin.finding import Finding
from lint_plugin.reports.text import printable


def as_junit(findings: Iterable[Finding]) -> str:
    """Return the document; without findings it has one case that passes, since some readers want at least one."""
    found = sorted(findings)
    groups = [(path, list(group)) for path, group in groupby(found, key=lambda finding: finding.path)]
    cases = [_case(path, group) for path, group in groups] or [
        '    <testcase name="tracing-lint" classname="tracing-lint"/>'
    ]
    head = f'  <testsuite name="tracing-lint" tests="{len(cases)}" failures="{len(found)}" errors="0">'
    body = "\n".join([head, *cases, "  </testsuite>"])
    return f'<?xml version="1.0" encoding="utf-8"?>\n<testsuites>\n{body}\n</testsuites>'


def _case(path: str, findings: list[Finding]) -> str:
    name = quoteattr(printable(path))
    failures = "\n".join(_failure(finding) for finding in findings)
    return f'    <testcase name={name} classname="tracing-lint">\n{failures}\n    </testcase>'


def _failure(finding: Finding) -> str:
    message = printable(f"{finding.code} {finding.message}")
    place = f"line {finding.line}, column {finding.column}"
    return f"      <failure type={quoteattr(finding.level)} message={quoteattr(message)}>{escape(place)}</failure>"
