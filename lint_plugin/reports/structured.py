"""Findings for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable

from lint_plugin.finding import Finding


def as_json(findings: Iterable[Finding]) -> str:
    """Return a JSON array of objects with path, line, column, code, message and level."""
    return json.dumps([finding._asdict() for finding in findings], indent=2)
