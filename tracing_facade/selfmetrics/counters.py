"""Numbers that only grow, by name and reason; bounded in memory, exact, and cheap where every nanosecond matters."""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from collections.abc import Callable
from itertools import count
from typing import Protocol

Key = tuple[str, str]
"""A name and a reason; what a reason says, ``catalogue`` tells for each name."""

OTHER = "(other)"
MOST_REASONS = 256
"""That one name can have; further ones are counted as ``OTHER``, so that no text from outside costs memory."""


class Tally(Protocol):
    """A number that only grows and is kept elsewhere."""

    def total(self) -> int:
        """Return the number."""

    def reset(self) -> None:
        """Start again at zero."""


class Counters:
    """Numbers that only grow, by name and reason; exact, whichever threads count."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Start again at zero, with a new lock: a fork may have copied a locked one."""
        # Re-entrant, since a signal handler or a destructor may count while its own thread is counting.
        self._lock = threading.RLock()
        self._amounts: defaultdict[Key, int] = defaultdict(int)
        self._reasons: defaultdict[str, int] = defaultdict(int)
        tallies: list[tuple[Key, Tally]] = getattr(self, "_tallies", [])
        ticks: dict[Key, _Ticks] = getattr(self, "_ticks", {})
        self._tallies, self._ticks = tallies, ticks
        for _key, tally in tallies:
            tally.reset()

    def add(self, name: str, reason: str = "", amount: int = 1) -> None:
        """Count ``amount`` more."""
        with self._lock:
            key = (name, reason)
            if key not in self._amounts:
                if self._reasons[name] >= MOST_REASONS:
                    key = (name, OTHER)
                else:
                    self._reasons[name] += 1
            self._amounts[key] += amount

    def ticker(self, name: str, reason: str = "", also: str = "") -> Callable[[], object]:
        """Return a function that counts one more and takes no lock, for paths where every nanosecond matters.

        Args:
            name: what is counted.
            reason: of it.
            also: another name under which the same is counted.
        """
        with self._lock:
            key = (name, reason)
            if key not in self._ticks:
                self._ticks[key] = _Ticks()
                self.adopt(name, reason, self._ticks[key])
                if also:
                    self.adopt(also, reason, self._ticks[key])
            return self._ticks[key].tick

    def adopt(self, name: str, reason: str, tally: Tally) -> None:
        """Add a number that is kept elsewhere to what is shown under this name and reason."""
        with self._lock:
            self._tallies.append(((name, reason), tally))

    def snapshot(self) -> dict[Key, int]:
        """Return the numbers so far by ``(name, reason)``, without those that are zero."""
        with self._lock:
            totals = dict(self._amounts)
            for key, tally in self._tallies:
                totals[key] = totals.get(key, 0) + tally.total()
        return {key: total for key, total in sorted(totals.items()) if total}

    def total(self, name: str) -> int:
        """Return the sum over all reasons of ``name``."""
        return sum(amount for (counted, _reason), amount in self.snapshot().items() if counted == name)


class _Ticks:
    """Counts in one C call that no other thread can interrupt.

    ``itertools.count`` tells its value only by counting on, so our own readings are taken off again.
    """

    __slots__ = ("_readings", "_start", "tick")

    def __init__(self) -> None:
        self.tick: Callable[[], int] = count().__next__
        self.reset()

    def reset(self) -> None:
        self._readings = 0
        self._start = self.tick() + 1

    def total(self) -> int:
        value = self.tick() - self._start - self._readings
        self._readings += 1
        return value


COUNTERS = Counters()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=COUNTERS.reset)
