"""The bounded buffer between the threads that end spans and the worker that exports them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from tracing_facade import selfmetrics
from tracing_facade._engine.encoding import encode_spans
from tracing_facade._engine.span import RecordedSpan


class Batch(NamedTuple):
    """Spans on their way out, encoded, by instrumentation scope."""

    count: int
    scopes: tuple[tuple[str, bytes], ...]


class SpanBuffer:
    """Holds finished spans until they are delivered; drops the newest, counted, when it is full.

    Args:
        capacity: how many spans may wait, those that are being delivered included.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._waiting: deque[RecordedSpan] = deque()
        self._in_flight = 0

    def add(self, span: RecordedSpan) -> bool:
        """Take one finished span; False when there was no room.

        There is no lock: ``append`` is atomic, and threads that race for the last room may overrun the bound by one
        span each.
        """
        if len(self._waiting) + self._in_flight >= self.capacity:
            selfmetrics.COUNTERS.add("spans_dropped", "queue_full")
            return False
        self._waiting.append(span)
        return True

    def __len__(self) -> int:
        return len(self._waiting) + self._in_flight

    @property
    def waiting(self) -> int:
        """How many spans nobody has taken yet."""
        return len(self._waiting)

    def take(self, most: int) -> Batch | None:
        """Take up to ``most`` spans, oldest first, encoded; they count as in flight until ``release``."""
        spans: list[RecordedSpan] = []
        pop = self._waiting.popleft
        try:
            while len(spans) < most:
                spans.append(pop())
        except IndexError:
            pass
        if not spans:
            return None
        self._in_flight += len(spans)
        return Batch(len(spans), tuple(_encoded(spans)))

    def release(self, count: int) -> None:
        """Make room for ``count`` spans that were taken: they are delivered or given up."""
        self._in_flight -= count

    def reset_after_fork(self) -> None:
        """Forget everything: the parent process exports what was there."""
        self._waiting.clear()
        self._in_flight = 0


def _encoded(spans: list[RecordedSpan]) -> Iterable[tuple[str, bytes]]:
    scopes: dict[str, list[RecordedSpan]] = {}
    for span in spans:
        scopes.setdefault(span.scope, []).append(span)
    for scope, members in scopes.items():
        yield scope, _encode_all(members)


def _encode_all(spans: list[RecordedSpan]) -> bytes:
    try:
        return encode_spans(spans)
    except Exception:
        return b"".join(_encode_one(span) for span in spans)


def _encode_one(span: RecordedSpan) -> bytes:
    try:
        return encode_spans((span,))
    except Exception:
        selfmetrics.COUNTERS.add("spans_dropped", "encode")
        return b""
