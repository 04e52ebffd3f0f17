"""Levels per path: which findings fail the run, which only warn, and which are off; later lines override earlier ones.

The form is that of Kubernetes' ``logcheck``, which turns checks on path by path: ``TRF2=warning services/legacy/.*``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

ERROR, WARNING, OFF = "error", "warning", "off"

_LINE = r"([A-Z]{1,3}\d{0,3})=(error|warning|off)\s+(\S+)\Z"


class LevelError(ValueError):
    """A line that says no level; the message says what is allowed."""


class Level(NamedTuple):
    """One line.

    Args:
        code: a code, or the beginning of codes.
        level: ``error``, ``warning`` or ``off``.
        path: matches the whole path relative to the settings.
    """

    code: str
    level: str
    path: re.Pattern[str]


@lru_cache(maxsize=256)
def parsed_level(line: str) -> Level:
    """Return what a line says.

    Raises:
        LevelError: it is not of the form.
    """
    found = re.match(_LINE, line)
    if found is None:
        raise LevelError(f"{line!r} is not CODES=LEVEL PATH; write for example 'TRF2=warning legacy/.*'")
    try:
        return Level(found[1], found[2], re.compile(found[3]))
    except re.error as error:
        raise LevelError(f"{found[3]!r} is not a regular expression: {error}") from error


def level_of(code: str, path: str, lines: Sequence[str]) -> str:
    """Return the level of a finding.

    Args:
        code: of the finding.
        path: of the file, relative to the settings, with slashes.
        lines: those of the settings; the last that matches counts.
    """
    for level in map(parsed_level, reversed(lines)):
        if code.startswith(level.code) and level.path.fullmatch(path):
            return level.level
    return ERROR
