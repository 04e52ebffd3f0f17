"""How export goes: how long attempts take, and when the collector last took something."""

from __future__ import annotations

import os
import threading
import time
from bisect import bisect_left
from dataclasses import dataclass

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the buckets in seconds, those that Prometheus' clients have by default."""


@dataclass(frozen=True)
class Durations:
    """How long attempts to export took."""

    buckets: tuple[tuple[float, int], ...]
    """For each upper bound in seconds how many took at most so long; the last bound is infinite."""
    seconds: float
    """All of them together."""

    @property
    def count(self) -> int:
        """How many attempts there were."""
        return self.buckets[-1][1]


class Exports:
    """Takes note of attempts to export, whichever threads make them."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Start again, with a new lock: a fork may have copied a locked one."""
        self._lock = threading.Lock()
        self._counts = [0] * (len(BOUNDS) + 1)
        self._seconds = 0.0
        self.last_success = 0.0
        """When the collector last accepted a request, seconds since the epoch; 0 when it never has."""

    def note(self, seconds: float, delivered: bool) -> None:
        """Note an attempt that took so long."""
        with self._lock:
            self._counts[bisect_left(BOUNDS, seconds)] += 1
            self._seconds += seconds
            if delivered:
                self.last_success = time.time()

    def durations(self) -> Durations:
        """Return how long the attempts took so far."""
        with self._lock:
            counts, seconds = list(self._counts), self._seconds
        total = 0
        buckets = []
        for bound, count in zip((*BOUNDS, float("inf")), counts, strict=True):
            total += count
            buckets.append((bound, total))
        return Durations(tuple(buckets), seconds)


EXPORTS = Exports()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=EXPORTS.reset)
