"""W3C Trace Context (level 1 and 2) and W3C Baggage: parsing and formatting as pure functions that never raise."""

from tracing_facade.propagation.baggage import BaggageEntry, format_baggage, parse_baggage
from tracing_facade.propagation.extraction import ExtractedContext, extract_context
from tracing_facade.propagation.traceparent import TraceParent, format_traceparent, parse_traceparent
from tracing_facade.propagation.tracestate import parse_tracestate

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
