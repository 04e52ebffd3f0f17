"""All that a caller's headers say about his trace, still untrusted."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tracing_facade.propagation.baggage import parse_baggage
from tracing_facade.propagation.carried import ExtractedContext
from tracing_facade.propagation.traceparent import parse_traceparent
from tracing_facade.propagation.tracestate import parse_tracestate


def extract_context(get_all: Callable[[str], Sequence[str]]) -> ExtractedContext:
    """Read the three headers.

    Args:
        get_all: returns all values of a header, by its lower-case name; an empty sequence when there is none.

    Returns:
        The caller's context. Several ``traceparent`` headers count as none, and without a valid one the
        ``tracestate`` is not read (W3C Trace Context level 2, "Processing Model").
    """
    parents = get_all("traceparent")
    parent = parse_traceparent(parents[0]) if len(parents) == 1 else None
    states = get_all("tracestate") if parent is not None else ()
    baggage = get_all("baggage")
    return ExtractedContext(
        parent, parse_tracestate(states) if states else "", parse_baggage(baggage) if baggage else {}
    )
