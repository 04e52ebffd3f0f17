"""The traces received so far, bounded in number and bytes; the one that changed longest ago goes first."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from tracing_facade.viewer.span import ViewedSpan

MOST_TRACES = 1_000
MOST_BYTES = 64 * 1024 * 1024
# What the objects of one span take beside its text, roughly; without it, empty spans would be free.
_BYTES_PER_SPAN = 1_000


class Trace(NamedTuple):
    """The spans of one trace at one moment, and how many seconds ago the last of them came."""

    trace_id: str
    spans: tuple[ViewedSpan, ...]
    quiet_for: float

    def summary(self) -> dict[str, Any]:
        """Return what a list of traces says about this one."""
        known = {span.span_id for span in self.spans}
        tops = [span for span in self.spans if span.parent_span_id not in known] or list(self.spans)
        start, end = min(span.start_ns for span in self.spans), max(span.end_ns for span in self.spans)
        return {
            "trace_id": self.trace_id,
            "name": min(tops, key=lambda span: span.start_ns).name,
            "services": sorted({span.service for span in self.spans}),
            "spans": len(self.spans),
            "errors": sum(span.status == "ERROR" for span in self.spans),
            "start_ns": start,
            "duration_ns": max(end - start, 0),
            "quiet_for_seconds": round(self.quiet_for, 3),
        }


class _Entry:
    def __init__(self) -> None:
        self.spans: dict[str, ViewedSpan] = {}
        self.bytes = 0
        self.changed = 0.0
        self.shown = False


class TraceStore:
    """Traces by id; every method may be called from any thread.

    Args:
        most_traces: how many traces are kept.
        most_bytes: how many bytes they may take, roughly.
        quiet_seconds: how long nothing must have come for a trace to count as finished.
        clock: seconds that only go forward; tests pass their own.
    """

    def __init__(
        self,
        *,
        most_traces: int = MOST_TRACES,
        most_bytes: int = MOST_BYTES,
        quiet_seconds: float = 1.5,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most_traces = most_traces
        self._most_bytes = most_bytes
        self._quiet_seconds = quiet_seconds
        self._clock = clock
        self._changed = threading.Condition()
        self._entries: dict[str, _Entry] = {}
        self._bytes = 0
        self.received = 0
        self.discarded = 0

    def add(self, spans: Iterable[ViewedSpan]) -> None:
        """Keep ``spans``; one that came before, as when a batch is sent again, replaces the earlier one."""
        with self._changed:
            for span in spans:
                self._add(span)
            self._changed.notify_all()

    def _add(self, span: ViewedSpan) -> None:
        # Taken out and put back at the end: the order of the dictionary is the order of the last change.
        entry = self._entries.pop(span.trace_id, None) or _Entry()
        self._entries[span.trace_id] = entry
        earlier = entry.spans.pop(span.span_id, None)
        entry.spans[span.span_id] = span
        cost = _cost(span) - (_cost(earlier) if earlier else 0)
        entry.bytes += cost
        self._bytes += cost
        entry.changed = self._clock()
        entry.shown = False
        self.received += 1
        self._make_room()

    def _make_room(self) -> None:
        while len(self._entries) > self._most_traces or self._bytes > self._most_bytes:
            oldest = next(iter(self._entries))
            if len(self._entries) == 1:
                self._shorten(self._entries[oldest])
                return
            entry = self._entries.pop(oldest)
            self._bytes -= entry.bytes
            self.discarded += len(entry.spans)

    def _shorten(self, entry: _Entry) -> None:
        """Let the newest span of the only trace go: one trace alone is larger than the store."""
        _, span = entry.spans.popitem()
        entry.bytes -= _cost(span)
        self._bytes -= _cost(span)
        self.discarded += 1

    def get(self, trace_id: str, *, wait: float = 0.0) -> Trace | None:
        """Return a trace, or None; waits up to ``wait`` seconds for it to come and to be quiet."""
        deadline = self._clock() + wait
        with self._changed:
            while True:
                trace = self._snapshot(trace_id)
                left = deadline - self._clock()
                if left <= 0 or (trace and trace.quiet_for >= self._quiet_seconds):
                    return trace
                self._changed.wait(min(left, self._quiet_seconds - trace.quiet_for if trace else left))

    def _snapshot(self, trace_id: str) -> Trace | None:
        entry = self._entries.get(trace_id)
        if entry is None or not entry.spans:
            return None
        return Trace(trace_id, tuple(entry.spans.values()), self._clock() - entry.changed)

    def all(self) -> list[Trace]:
        """Return every trace, the one that changed last first."""
        with self._changed:
            found = [self._snapshot(trace_id) for trace_id in reversed(self._entries)]
        return [trace for trace in found if trace]

    def take_finished(self, *, all_of_them: bool = False) -> list[Trace]:
        """Return the traces that are quiet and were not returned since they last changed, oldest first.

        Args:
            all_of_them: also those that are not quiet yet, as when the program ends.
        """
        due: list[Trace] = []
        with self._changed:
            for trace_id, entry in self._entries.items():
                trace = None if entry.shown else self._snapshot(trace_id)
                if trace and (all_of_them or trace.quiet_for >= self._quiet_seconds):
                    entry.shown = True
                    due.append(trace)
        return due


def _cost(span: ViewedSpan) -> int:
    return span.size + _BYTES_PER_SPAN
