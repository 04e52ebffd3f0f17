"""What all spans of one trace in this process share."""

from __future__ import annotations

from tracing_facade._engine import ids

SAMPLED = 0x01
RANDOM = 0x02


class Trace:
    """One trace as this process sees it: its id, its flags and the vendor state it came with.

    Spans refer to it instead of each keeping a copy.
    """

    __slots__ = ("flags", "sampled", "spans", "trace_id", "tracestate")

    def __init__(self, trace_id: str, flags: int, tracestate: str = "") -> None:
        self.trace_id = trace_id
        self.flags = flags
        self.sampled = flags & SAMPLED
        self.tracestate = tracestate
        self.spans = 0


NO_TRACE = Trace(ids.NO_TRACE_ID, 0)
