"""All numbers of tracing at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tracing_facade.selfmetrics.counters import COUNTERS, Key
from tracing_facade.selfmetrics.exports import EXPORTS, Durations
from tracing_facade.selfmetrics.running import RUNNING


@dataclass(frozen=True)
class Snapshot:
    """The numbers of tracing at one moment.

    Args:
        engine: ``native`` or ``python``; empty while tracing is off.
        counters: by name and reason, without those that are zero; the page of the self-metrics says what each means.
        queue_size: spans that wait for export, those on their way included.
        queue_capacity: how many may.
        last_success: when the collector last accepted spans, seconds since the epoch; 0 when it never has.
        export_durations: how long attempts to export took.
    """

    engine: str
    counters: Mapping[Key, int]
    queue_size: int
    queue_capacity: int
    last_success: float
    export_durations: Durations

    def total(self, name: str) -> int:
        """Return the sum over all reasons of one name, 0 when it was never counted."""
        return sum(amount for (counted, _), amount in self.counters.items() if counted == name)

    def by_reason(self, name: str) -> dict[str, int]:
        """Return the amounts of one name by reason."""
        return {reason: amount for (counted, reason), amount in self.counters.items() if counted == name}


def snapshot() -> Snapshot:
    """Return the numbers of this process since it began, or since it was forked."""
    queue = RUNNING.queue
    return Snapshot(
        engine=RUNNING.engine,
        counters=COUNTERS.snapshot(),
        queue_size=0 if queue is None else len(queue),
        queue_capacity=0 if queue is None else queue.capacity,
        last_success=EXPORTS.last_success,
        export_durations=EXPORTS.durations(),
    )
