"""Rates that must not be exceeded, for one thing or for many by name."""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

_MOST_NAMES = 1_024

# One for all, since it is held for less than a microsecond. Re-entrant, since a signal handler may start a span.
_lock = threading.RLock()


class Budget:
    """A token bucket: ``per_second`` on average, and as many at once after a quiet second.

    Args:
        per_second: 0 lets nothing through.
        clock: seconds that only grow.
    """

    __slots__ = ("_at", "_clock", "_most", "_per_second", "_tokens")

    def __init__(self, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._most = max(1.0, per_second) if per_second > 0 else 0.0
        self._tokens = self._most
        self._clock = clock
        self._at = clock()

    def take(self) -> bool:
        """Tell whether one more is within the rate, and count it if so."""
        with _lock:
            now = self._clock()
            self._tokens = min(self._most, self._tokens + (now - self._at) * self._per_second)
            self._at = now
            if self._tokens < 1.0:
                return False
            self._tokens -= 1.0
            return True


class BudgetPerName:
    """One budget for each name; the 1,024 names that were used last are remembered.

    Args:
        per_second: for each name.
        clock: seconds that only grow.
    """

    def __init__(self, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._clock = clock
        self._budgets: OrderedDict[str, Budget] = OrderedDict()

    def take(self, name: str) -> bool:
        """Tell whether one more for ``name`` is within its rate, and count it if so."""
        with _lock:
            budget = self._budgets.get(name)
            if budget is None:
                budget = self._budgets[name] = Budget(self._per_second, self._clock)
                if len(self._budgets) > _MOST_NAMES:
                    self._budgets.popitem(last=False)
            else:
                self._budgets.move_to_end(name)
        return budget.take()


def _renew_lock() -> None:
    """Make a new lock: another thread may have held the old one when this process was forked."""
    global _lock
    _lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_lock)
