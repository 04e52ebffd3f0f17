"""Spans that third-party code starts through OpenTelemetry's API."""

from __future__ import annotations

import logging
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests
from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.trace import Link, SpanKind, Status, StatusCode

import tracing_facade as tracing
from tests.support.collector import Collector
from tests.support.received_span import ReceivedSpan
from tracing_facade._otel.provider import FacadeTracerProvider


def received(collector: Collector) -> dict[str, ReceivedSpan]:
    """Return the spans that have ended, by name."""
    assert tracing.flush(10.0)
    return {span.name: span for span in collector.spans()}


def test_spans_of_both_kinds_nest(collector: Collector) -> None:
    """Ours below theirs below ours, all in one trace."""
    tracer = trace.get_tracer("some.library")
    with tracing.start_span("outer"), tracer.start_as_current_span("theirs", kind=SpanKind.CLIENT) as theirs:
        assert trace.get_current_span() is theirs
        assert tracing.current_span().span_id == theirs.span_id  # type: ignore[attr-defined]
        with tracing.start_span("inner"):
            pass
    spans = received(collector)
    assert len({span.trace_id for span in spans.values()}) == 1
    assert spans["theirs"].parent_span_id == spans["outer"].span_id
    assert spans["inner"].parent_span_id == spans["theirs"].span_id
    assert (spans["theirs"].kind, spans["theirs"].scope) == (3, "some.library")
    assert spans["outer"].scope == "tracing_facade"


def test_everything_of_a_span_arrives(collector: Collector) -> None:
    """Attributes, events, links, status and times, as the API has them."""
    tracer = trace.get_tracer("lib", "1.0")
    first = tracer.start_span("first", start_time=1_000)
    span = tracer.start_span("second", attributes={"a": 1}, links=[Link(first.get_span_context(), {"why": "x"})])
    span.set_attribute("b", [1, 2])
    span.add_event("happened", {"c": True}, 5_000)
    span.set_status(Status(StatusCode.ERROR, "no"))
    span.update_name("renamed")
    first.end(2_000)
    span.end()
    spans = received(collector)
    assert (spans["first"].start_ns, spans["first"].end_ns) == (1_000, 2_000)
    found = spans["renamed"]
    assert found.attributes == {"a": 1, "b": [1, 2]}
    assert [(event.name, event.time_ns, event.attributes) for event in found.events] == [
        ("happened", 5_000, {"c": True})
    ]
    assert [(link.span_id, link.attributes) for link in found.links] == [(spans["first"].span_id, {"why": "x"})]
    assert (found.status_code, found.status_message) == (2, "no")
    assert found.parent_span_id == ""


def test_a_context_can_be_given(collector: Collector) -> None:
    """The parent is the span in it, whatever is current; an empty context begins a new trace."""
    tracer = trace.get_tracer("lib")
    parent = tracer.start_span("parent")
    with tracing.start_span("current"):
        tracer.start_span("child", trace.set_span_in_context(parent)).end()
        tracer.start_span("root", otel_context.Context()).end()
    parent.end()
    spans = received(collector)
    assert spans["child"].parent_span_id == spans["parent"].span_id
    assert spans["root"].parent_span_id == ""
    assert spans["root"].trace_id not in (spans["parent"].trace_id, spans["current"].trace_id)


def test_exceptions_are_recorded_as_the_api_says(collector: Collector) -> None:
    """By default event and status; each can be turned off."""
    tracer = trace.get_tracer("lib")
    with pytest.raises(ValueError, match="no"), tracer.start_as_current_span("default"):
        raise ValueError("no")
    quiet = {"record_exception": False, "set_status_on_exception": False}
    with pytest.raises(ValueError, match="no"), tracer.start_as_current_span("quiet", **quiet):  # type: ignore[arg-type]
        raise ValueError("no")
    with pytest.raises(ValueError, match="no"), tracer.start_span("plain"):
        raise ValueError("no")
    spans = received(collector)
    assert (spans["default"].status_code, len(spans["default"].events)) == (2, 1)
    assert (spans["quiet"].status_code, len(spans["quiet"].events)) == (0, 0)
    assert (spans["plain"].status_code, len(spans["plain"].events)) == (2, 1)


def test_the_policy_counts_for_them_too(collector: Collector) -> None:
    """No secret leaves the process in a span of somebody else's."""
    trace.get_tracer("lib").start_span("get", attributes={"url.full": "http://h/?token=abc", "password": "abc"}).end()
    assert received(collector)["get"].attributes == {"url.full": "http://h/?token=REDACTED", "password": "REDACTED"}


def test_while_tracing_is_off_they_record_nothing(collector: Collector) -> None:
    """The provider stays, and starts spans that record nothing."""
    tracer = trace.get_tracer("lib")
    tracing.shutdown(5.0)
    with tracer.start_as_current_span("unseen") as span:
        assert not span.is_recording()
    assert collector.spans() == []


class _Echo(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = self.headers.get("traceparent", "").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


def test_the_official_instrumentation_of_requests(collector: Collector) -> None:
    """Its spans are children of ours, and the header that it sends names its span."""
    server = HTTPServer(("127.0.0.1", 0), _Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    instrumentor = RequestsInstrumentor()
    instrumentor.instrument()
    try:
        with tracing.start_span("ours"):
            sent = requests.get(f"http://127.0.0.1:{server.server_address[1]}/", timeout=5).text
    finally:
        instrumentor.uninstrument()
        server.shutdown()
        server.server_close()
    spans = received(collector)
    assert spans["GET"].parent_span_id == spans["ours"].span_id
    assert spans["GET"].scope == "opentelemetry.instrumentation.requests"
    assert sent == f"00-{spans['GET'].trace_id}-{spans['GET'].span_id}-03"


def test_another_provider_is_not_replaced(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever has set one keeps it, and the log says what that means."""
    before = trace._TRACER_PROVIDER
    trace._TRACER_PROVIDER = trace.NoOpTracerProvider()
    try:
        with caplog.at_level(logging.WARNING), tracing.configure(tracing.TracingConfiguration(exporter="none")):
            assert not isinstance(trace._TRACER_PROVIDER, FacadeTracerProvider)
    finally:
        trace._TRACER_PROVIDER = before
    assert "already has a TracerProvider (opentelemetry.trace.NoOpTracerProvider)" in caplog.text
