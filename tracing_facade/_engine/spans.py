"""Which objects are spans of ours, whichever engine made them, and what the spans of other libraries stand for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracing_facade import selfmetrics
from tracing_facade._engine import context
from tracing_facade._engine.passive import NO_SPAN, PassiveSpan
from tracing_facade._engine.span import RecordedSpan
from tracing_facade._engine.trace import Trace

AnySpan = RecordedSpan | PassiveSpan
"""What the type checker takes every span of ours for; those of the native engine look the same."""

ours: tuple[type[RecordedSpan] | type[PassiveSpan], ...] = (RecordedSpan, PassiveSpan)
"""The types of our spans."""


def recognise(*types: Any) -> None:
    """Take objects of these types for spans of ours too."""
    global ours
    ours = (*ours, *types)


def span_in(mapping: Mapping[str, Any]) -> AnySpan:
    """Return the span of a context mapping, whoever made it; never None."""
    span: Any = mapping.get(context.span_key)
    if span is None:
        return NO_SPAN
    return span if isinstance(span, ours) else adopt_foreign(span)


def stand_in_for(span: AnySpan) -> AnySpan:
    """Return a span that records nothing and has the identity of ``span``; entering and leaving it changes nothing."""
    return span.below() if isinstance(span, PassiveSpan) else PassiveSpan(span.trace, span.span_id)


def adopt_foreign(span: Any) -> PassiveSpan:
    """Return what a span of another engine or another library stands for, as a parent for ours."""
    try:
        if isinstance(span, PassiveSpan):
            return span
        if isinstance(span, ours):
            return PassiveSpan(span.trace, span.span_id)
        found = span.get_span_context()
        if not found.is_valid:
            return NO_SPAN
        state = found.trace_state.to_header() if found.trace_state else ""
        return PassiveSpan(Trace(f"{found.trace_id:032x}", int(found.trace_flags), state), f"{found.span_id:016x}")
    except Exception:
        selfmetrics.COUNTERS.add("internal_faults", "foreign_span")
        return NO_SPAN
