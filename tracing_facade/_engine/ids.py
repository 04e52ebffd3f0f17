"""Trace and span ids: random, never zero, lower-case hexadecimal, and not repeated in a forked child.

The generator is our own: an application that calls ``random.seed(0)`` must not make ids repeat.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable

NO_TRACE_ID = "0" * 32
NO_SPAN_ID = "0" * 16

_random = random.Random()
_followers: list[Callable[[bool], object]] = []

random_bits = _random.getrandbits
"""Returns a number of so many random bits: an id before it is written as digits, which few ever are."""

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_random.seed)


def new_trace_id() -> str:
    """Return 32 hexadecimal digits; all 128 bits are random (W3C Trace Context level 2, random flag)."""
    return f"{random_bits(128) or 1:032x}"


def new_span_id() -> str:
    """Return 16 hexadecimal digits."""
    return f"{random_bits(64) or 1:016x}"


def use_fixed_ids(seed: int) -> None:
    """Make the ids of this process a fixed sequence, for tests only."""
    _random.seed(seed)
    _tell(fixed=True)


def use_random_ids() -> None:
    """Go back to unpredictable ids."""
    _random.seed()
    _tell(fixed=False)


def on_change(follow: Callable[[bool], object]) -> None:
    """Call ``follow`` with whether ids are fixed now, whenever that changes, for who makes ids of his own."""
    _followers.append(follow)


def _tell(fixed: bool) -> None:
    for follow in _followers:
        follow(fixed)
