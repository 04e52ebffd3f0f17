"""Remembers what stands in folders, so that a folder that has not changed since need not be listed again."""

from __future__ import annotations

import json
import os
import time
from typing import Any

from lint_plugin.cache_file import write
from lint_plugin.listing import Listing

_FILE = "folders.json"
# Nanoseconds: what changes so soon after it was looked at may keep its time, as clocks of file systems are coarse.
SETTLED = 2_000_000_000


class Listings:
    """The folders of one program.

    Args:
        folder: that of the cache.
        version: what identifies the checker.
        now: nanoseconds since the epoch; by default those of the clock.
    """

    def __init__(self, folder: str, version: str, now: int = 0) -> None:
        self._file = os.path.join(folder, _FILE)
        self._version = version
        self._known = self._read()
        self._seen: dict[str, list[Any]] = {}
        self._changed = False
        self._settled = (now or time.time_ns()) - SETTLED

    def _read(self) -> dict[str, Any]:
        try:
            with open(self._file, encoding="utf-8") as stream:
                version, known = json.load(stream)
        except (OSError, ValueError, TypeError, RecursionError):
            return {}
        return known if version == self._version and isinstance(known, dict) else {}

    def known(self, path: str, status: os.stat_result) -> tuple[int, Listing] | None:
        """Return what stands in a folder, and the state of the rules for what git leaves out; `None` if it may differ.

        Args:
            path: the folder.
            status: what the system says of it now.
        """
        entry = self._known.get(path)
        if not isinstance(entry, list) or entry[:2] != [status.st_mtime_ns, status.st_ctime_ns]:
            return None
        try:
            _, _, rules, *listing = entry
            found = Listing(*listing)
        except (TypeError, ValueError):
            return None
        self._seen[path] = entry
        return rules, found

    def keep(self, path: str, status: os.stat_result, rules: int, listing: Listing) -> None:
        """Remember what stands in a folder.

        Args:
            path: the folder.
            status: what the system said of it before it was listed.
            rules: the state of the rules for what git leaves out.
            listing: what stands in it.
        """
        self._changed = True
        if max(status.st_mtime_ns, status.st_ctime_ns) < self._settled:
            self._seen[path] = [status.st_mtime_ns, status.st_ctime_ns, rules, *listing]

    def close(self, top: str) -> None:
        """Write down what is new; of folders below the one that was walked, only what is still there."""
        if self._changed:
            below = os.path.join(top, "")
            others = {path: entry for path, entry in self._known.items() if path != top and not path.startswith(below)}
            write(self._file, json.dumps([self._version, {**others, **self._seen}], separators=(",", ":")))
            self._changed = False
