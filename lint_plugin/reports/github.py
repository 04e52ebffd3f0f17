"""Findings as annotations of a pull request on GitHub (workflow commands)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lint_plugin.finding import Finding


def commands(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield one command a finding."""
    for finding in findings:
        place = f"file={_value(finding.path)},line={finding.line},col={finding.column},title={_value(finding.code)}"
        yield f"::{finding.level} {place}::{_text(f'{finding.code} {finding.message}')}"


def _text(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _value(text: str) -> str:
    return _text(text).replace(":", "%3A").replace(",", "%2C")
