"""Counts what tracing itself does: spans started, exported, dropped and why."""

from __future__ import annotations

import threading
from collections import defaultdict


class Counters:
    """Named counters, each split by reason."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: defaultdict[tuple[str, str], int] = defaultdict(int)

    def add(self, name: str, reason: str = "", amount: int = 1) -> None:
        """Count ``amount`` more of ``name``."""
        with self._lock:
            self._values[name, reason] += amount

    def snapshot(self) -> dict[tuple[str, str], int]:
        """Return all counters by name and reason."""
        with self._lock:
            return dict(self._values)


COUNTERS = Counters()
