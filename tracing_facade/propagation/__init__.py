"""W3C Trace Context (level 1 and 2) and W3C Baggage: parsing and formatting as pure functions that never raise."""

from typing import TYPE_CHECKING

from tracing_facade._on_demand import names_on_demand
from tracing_facade.propagation.carried import BaggageEntry, ExtractedContext, TraceParent

if TYPE_CHECKING:
    from tracing_facade.propagation.baggage import format_baggage, parse_baggage
    from tracing_facade.propagation.extraction import extract_context
    from tracing_facade.propagation.traceparent import format_traceparent, parse_traceparent
    from tracing_facade.propagation.tracestate import parse_tracestate
else:
    __getattr__ = names_on_demand(
        globals(),
        {
            "tracing_facade.propagation.baggage": ("format_baggage", "parse_baggage"),
            "tracing_facade.propagation.extraction": ("extract_context",),
            "tracing_facade.propagation.traceparent": ("format_traceparent", "parse_traceparent"),
            "tracing_facade.propagation.tracestate": ("parse_tracestate",),
        },
    )

__all__ = [
    "BaggageEntry",
    "ExtractedContext",
    "TraceParent",
    "extract_context",
    "format_baggage",
    "format_traceparent",
    "parse_baggage",
    "parse_traceparent",
    "parse_tracestate",
]
