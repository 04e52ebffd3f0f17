"""What the checker reports."""

from __future__ import annotations

from typing import NamedTuple


class Finding(NamedTuple):
    """One place that breaks a rule; lines and columns count from 1, columns in characters.

    Args:
        path: of the file, as it was named.
        line: of the place.
        column: of the place.
        code: of the rule.
        message: for the reader: what is wrong, and what to do.
        level: ``error`` fails the run, ``warning`` does not.
    """

    path: str
    line: int
    column: int
    code: str
    message: str
    level: str = "error"

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.code} {self.message}"
