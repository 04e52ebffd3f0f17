"""When to try again: exponential back-off with jitter, and how long a collector asks to wait."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING

from tracing_facade._engine import protobuf

if TYPE_CHECKING:
    from datetime import datetime

LONGEST_WAIT_SECONDS = 3_600.0
"""A collector that asks for more is asked again after this time."""

_RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo"


class Backoff:
    """Doubles the wait from one failure to the next; the jitter keeps many processes from coming back at once.

    Args:
        first: seconds after the first failure.
        longest: seconds at most.
        jitter: returns a number from 0 to 1; with 1 a wait is as long as it gets, with 0 half as long.
    """

    def __init__(self, first: float = 0.5, longest: float = 30.0, jitter: Callable[[], float] | None = None) -> None:
        self._first = first
        self._longest = longest
        # The system's generator: an application that calls random.seed() must not bring its processes into step.
        self._jitter = jitter or random.SystemRandom().random

    def wait(self, failures: int, asked: float | None = None) -> float:
        """Return how many seconds to wait after so many failures in a row.

        Args:
            failures: at least 1.
            asked: what the collector asked for; it is waited for in full, and a little longer. A wait of 0 would be a
                hot loop, so then the back-off counts.
        """
        own = min(self._first * 2.0 ** min(failures - 1, 32), self._longest)
        if asked is not None and asked > 0:
            return min(asked, LONGEST_WAIT_SECONDS) + self._first * self._jitter()
        return own * (0.5 + 0.5 * self._jitter())


def retry_after_seconds(value: str | None, now: datetime | None = None) -> float | None:
    """Return the seconds that a ``Retry-After`` header asks for (RFC 9110, 10.2.3), or None when it cannot be read.

    Args:
        value: seconds or a date.
        now: the time to count a date from.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text) if len(text) < 12 else LONGEST_WAIT_SECONDS
    # Not at the top: they are slow to load and rarely needed.
    from datetime import datetime, timezone
    from email.utils import parsedate_to_datetime

    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=timezone.utc)
    return max(0.0, (date - (now or datetime.now(timezone.utc))).total_seconds())


def retry_info_seconds(status: bytes) -> float | None:
    """Return the delay of the ``RetryInfo`` in a ``google.rpc.Status``, which gRPC has in ``grpc-status-details-bin``.

    None when there is none or the bytes cannot be read.
    """
    try:
        for number, value in protobuf.fields(status):
            if number == 3:
                delay = _delay_in(protobuf.message(value))
                if delay is not None:
                    return delay
    except ValueError:
        pass
    return None


def _delay_in(packed: bytes) -> float | None:
    parts = dict(protobuf.fields(packed))
    if protobuf.text(parts.get(1, b"")) != _RETRY_INFO:
        return None
    delay = dict(protobuf.fields(protobuf.message(parts.get(2, b"")))).get(1, b"")
    duration = dict(protobuf.fields(protobuf.message(delay)))
    return max(0.0, protobuf.int64(duration.get(1, 0)) + protobuf.int64(duration.get(2, 0)) / 1e9)
