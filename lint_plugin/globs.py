"""Globs of paths: one star stays within a folder, two cross folders."""

from __future__ import annotations

import re
from functools import lru_cache


@lru_cache(maxsize=1024)
def glob_pattern(glob: str) -> re.Pattern[str]:
    """Return what matches the relative paths, with slashes, that a glob means."""
    glob = glob.removeprefix("./")
    glob = glob + "**" if glob.endswith("/") else glob
    parts = ["(?:.*/)?" if part == "**/" else ".*" if part == "**" else _one(part) for part in _split(glob)]
    return re.compile("".join(parts) + r"\Z", re.DOTALL)


def _split(glob: str) -> list[str]:
    return [part for part in re.split(r"(\*\*/|\*\*)", glob) if part]


def _one(part: str) -> str:
    # fnmatch lets * cross folders; here only ** does.
    pieces = re.split(r"([*?])", part)
    return "".join({"*": "[^/]*", "?": "[^/]"}.get(piece, re.escape(piece)) for piece in pieces)
