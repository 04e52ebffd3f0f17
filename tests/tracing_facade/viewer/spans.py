"""Spans to draw and to store, with the fields that a test does not care about filled in."""

from __future__ import annotations

from typing import Any

from tracing_facade.viewer.span import ViewedSpan

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"


def span(
    span_id: str, parent: str = "", *, at: float = 0, until: float = 10, service: str = "shop", **fields: Any
) -> ViewedSpan:
    """Return a span from ``at`` to ``until`` milliseconds; short ids are filled up with zeros."""
    return ViewedSpan(
        trace_id=fields.pop("trace_id", TRACE_ID),
        span_id=span_id.rjust(16, "0"),
        parent_span_id=parent.rjust(16, "0") if parent else "",
        name=fields.pop("name", f"span {span_id}"),
        start_ns=int(at * 1e6),
        end_ns=int(until * 1e6),
        resource={"service.name": service},
        **fields,
    )
