"""What all spans of one trace in this process share."""

from __future__ import annotations

from tracing_facade._engine import ids

SAMPLED = 0x01
RANDOM = 0x02


class Trace:
    """One trace as this process sees it: its id, its flags and the vendor state it came with.

    Spans refer to it instead of each keeping a copy.

    Args:
        trace_id: 32 lower-case hexadecimal digits, or the number that they stand for. Most traces are never asked for
            the digits, which cost as much to write as the rest of the object.
        flags: the W3C trace flags.
        tracestate: the W3C tracestate as a header value.
    """

    __slots__ = ("_id", "flags", "spans", "tracestate")

    def __init__(self, trace_id: str | int, flags: int, tracestate: str = "") -> None:
        self._id = trace_id
        self.flags = flags
        self.tracestate = tracestate
        self.spans = 0

    @property
    def trace_id(self) -> str:
        """32 lower-case hexadecimal digits."""
        trace_id = self._id
        if type(trace_id) is int:
            trace_id = self._id = trace_id.to_bytes(16, "big").hex()
        return trace_id  # type: ignore[return-value]  # an int has just been replaced

    @property
    def sampled(self) -> int:
        """Whether it is recorded."""
        return self.flags & SAMPLED

    def id_bytes(self) -> bytes:
        """Return the 16 bytes of the id."""
        trace_id = self._id
        return trace_id.to_bytes(16, "big") if isinstance(trace_id, int) else bytes.fromhex(trace_id)


NO_TRACE = Trace(ids.NO_TRACE_ID, 0)
