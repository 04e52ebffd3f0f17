"""A clock for tests: the same times in every run."""

from __future__ import annotations

_YEAR_2000_NS = 946_684_800_000_000_000


class FixedClock:
    """Goes on by the same step whenever somebody looks at it, and otherwise only when it is told to.

    Args:
        start_ns: the first time that it shows, nanoseconds since the epoch; by default the beginning of the year 2000.
        step_ns: how far it goes on with every look, nanoseconds.
    """

    def __init__(self, start_ns: int = _YEAR_2000_NS, step_ns: int = 1_000_000) -> None:
        self._next_ns = start_ns
        self._step_ns = step_ns

    def __call__(self) -> int:
        """Return what time it is, and go on by one step."""
        now = self._next_ns
        self._next_ns += self._step_ns
        return now

    def advance(self, seconds: float) -> None:
        """Go on, as if so many seconds had passed."""
        self._next_ns += round(seconds * 1e9)
