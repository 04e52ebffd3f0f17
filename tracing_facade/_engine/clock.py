"""What time it is for spans: the system's clock, or in tests one that is given."""

from __future__ import annotations

import time
from collections.abc import Callable

Clock = Callable[[], int]
"""Returns nanoseconds since the epoch."""

SYSTEM: Clock = time.time_ns

now = SYSTEM
_followers: list[Callable[[Clock], object]] = []


def use(clock: Clock | None) -> None:
    """Take the time from ``clock`` from now on; None is the system's."""
    global now
    now = SYSTEM if clock is None else clock
    for follow in _followers:
        follow(now)


def on_change(follow: Callable[[Clock], object]) -> None:
    """Call ``follow`` with the clock whenever that changes, for who keeps a copy of ``now``."""
    _followers.append(follow)
