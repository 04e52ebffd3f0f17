"""OpenTelemetry's API and ours see the same current span, in both directions."""

from __future__ import annotations

from opentelemetry import baggage, context, propagate, trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import tracing_facade as tracing
from tracing_facade.testing import capture_spans


def test_opentelemetry_finds_our_span() -> None:
    """get_current_span() is our span, with the same ids, and its methods work on it."""
    with capture_spans() as spans, tracing.start_span("ours") as ours:
        found = trace.get_current_span()
        assert found is ours
        identity = found.get_span_context()
        assert (trace.format_trace_id(identity.trace_id), trace.format_span_id(identity.span_id)) == (
            ours.trace_id,
            ours.span_id,
        )
        assert identity.trace_flags.sampled
        found.set_attribute("theirs", 1)
        found.update_name("renamed")
        found.set_status(trace.Status(trace.StatusCode.ERROR, "bad"))
        found.record_exception(ValueError("x"), attributes={"extra": 1})
        found.add_link(identity, {"why": "test"})
    (span,) = spans
    assert (span.name, span.attributes, span.status_code, span.status_description) == (
        "renamed",
        {"theirs": 1},
        2,
        "bad",
    )
    assert span.links is not None
    assert span.links[0].span_id == span.span_id


def test_spans_of_both_kinds_nest_in_each_other() -> None:
    """Ours under theirs under ours is one connected trace."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = provider.get_tracer("third.party")
    with capture_spans() as spans, tracing.start_span("outer") as outer:
        with tracer.start_as_current_span("theirs"), tracing.start_span("inner"):
            pass
        assert trace.get_current_span() is outer
    (theirs,) = exporter.get_finished_spans()
    inner, _ = spans
    assert theirs.parent is not None
    assert theirs.context is not None
    assert trace.format_span_id(theirs.parent.span_id) == outer.span_id
    assert inner.parent_span_id == trace.format_span_id(theirs.context.span_id)
    assert trace.format_trace_id(theirs.context.trace_id) == outer.trace_id == inner.trace_id


def test_baggage_is_shared() -> None:
    """Baggage that third-party code sets leaves through our inject, and ours through its propagator."""
    with capture_spans(), tracing.start_span("ours"):
        token = context.attach(baggage.set_baggage("tenant", "blue"))
        carrier: dict[str, str] = {}
        tracing.inject(carrier)
        theirs: dict[str, str] = {}
        propagate.inject(theirs)
        context.detach(token)
    assert carrier["baggage"] == theirs["baggage"] == "tenant=blue"
    assert carrier["traceparent"].split("-")[1:3] == theirs["traceparent"].split("-")[1:3]
