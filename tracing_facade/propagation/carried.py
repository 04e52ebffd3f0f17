"""What travels with a request: the caller's span, the state of his vendors, and baggage."""

from __future__ import annotations

from typing import NamedTuple


class TraceParent(NamedTuple):
    """The caller's span: its trace, its own id and the trace flags."""

    trace_id: str
    """32 lower-case hexadecimal digits, not all zero."""
    span_id: str
    """16 lower-case hexadecimal digits, not all zero."""
    flags: int
    """Bit 0: sampled. Bit 1: the trace id is random (level 2)."""


class BaggageEntry(NamedTuple):
    """One value that travels with the request, and its properties, without white space that means nothing."""

    value: str
    properties: str = ""


class ExtractedContext(NamedTuple):
    """What a caller sent. It is data from a stranger until a trust rule has said otherwise."""

    parent: TraceParent | None
    tracestate: str
    baggage: dict[str, BaggageEntry]


NOTHING_SENT = ExtractedContext(None, "", {})
