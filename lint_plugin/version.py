"""Which checker this is: its version, and a fingerprint that changes with its code and with rules from elsewhere."""

from __future__ import annotations

import os
from functools import lru_cache

from lint_plugin.settings import Settings

VERSION = "0.1.0"


def fingerprint(settings: Settings) -> str:
    """Return what identifies the checker for a cache."""
    return f"{own_fingerprint()} {[_module(name) for name in settings.rules]}"


def own_fingerprint() -> str:
    """Return what identifies the checker without rules from elsewhere."""
    return f"{VERSION} {_newest(os.path.dirname(__file__))}"


@lru_cache(maxsize=4)
def _newest(folder: str) -> int:
    # A checker that is being worked on changes without a new version.
    newest = 0
    for below in (folder, os.path.join(folder, "rules"), os.path.join(folder, "dataflow"), os.path.join(folder, "dataflow", "library")):  # fmt: skip  # noqa: E501
        with os.scandir(below) as entries:
            times = [entry.stat().st_mtime_ns for entry in entries if entry.name.endswith(".py")]
        newest = max(newest, *times)
    return newest


def _module(name: str) -> str:
    from lint_plugin.own_rules import imported

    try:
        file = imported(name).__file__
        return f"{name} {os.stat(file).st_mtime_ns}" if file else name
    except (ImportError, OSError):
        return name
