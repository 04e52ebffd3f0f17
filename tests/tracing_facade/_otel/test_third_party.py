"""OpenTelemetry's instrumentation of requests, sqlite3 and jinja2: its spans join ours, under the same policy."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import jinja2
import pytest
import requests
from opentelemetry.instrumentation.jinja2 import Jinja2Instrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.instrumentation.sqlite3 import SQLite3Instrumentor

import tracing_facade as tracing
from tests.support.collector import Collector
from tests.support.exporting import configuration_for
from tests.support.received_span import ReceivedSpan
from tracing_facade.policy.settings import Policy


@contextmanager
def _instrumented(instrumentor: Any) -> Iterator[None]:
    instrumentor.instrument()
    try:
        yield
    finally:
        instrumentor.uninstrument()


def _spans(collector: Collector) -> list[ReceivedSpan]:
    assert tracing.flush(10.0)
    return collector.spans()


def _is_one_tree_below(root: tracing.Span, spans: list[ReceivedSpan]) -> bool:
    identifiers = {span.span_id for span in spans}
    return {span.trace_id for span in spans} == {root.trace_id} and all(
        span.parent_span_id in identifiers or span.span_id == root.span_id for span in spans
    )


class _Echo(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = self.headers.get("traceparent", "").encode()
        self.send_response(int(self.path.partition("?")[0].rpartition("/")[2] or 200))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


@pytest.fixture
def server() -> Iterator[str]:
    """Run a server that answers with the header ``traceparent``, and the status that is asked for."""
    running = HTTPServer(("127.0.0.1", 0), _Echo)
    Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_address[1]}"
    running.shutdown()
    running.server_close()


def test_requests_sends_the_context_of_its_own_span(collector: Collector, server: str) -> None:
    """The span is a child of ours, its scope tells name, version and schema, and the server sees it as the parent."""
    with _instrumented(RequestsInstrumentor()), tracing.start_span("ours") as root:
        sent = requests.get(f"{server}/", timeout=5).text
    (theirs, ours) = spans = _spans(collector)
    assert _is_one_tree_below(root, spans)
    assert ours.name == "ours"
    assert (theirs.name, theirs.kind, theirs.scope) == ("GET", 3, "opentelemetry.instrumentation.requests")
    assert theirs.attributes["http.status_code"] == 200
    assert sent == f"00-{theirs.trace_id}-{theirs.span_id}-03"
    assert b"https://opentelemetry.io/schemas/" in collector.payloads[-1]


@pytest.mark.parametrize(("status", "code"), [(404, 2), (503, 2), (204, 0)])
def test_requests_reports_failures(collector: Collector, server: str, status: int, code: int) -> None:
    """The status of a span is what the instrumentation makes of the answer."""
    with _instrumented(RequestsInstrumentor()):
        requests.get(f"{server}/{status}", timeout=5)
    (theirs,) = _spans(collector)
    assert (theirs.attributes["http.status_code"], theirs.status_code) == (status, code)


def test_requests_records_a_connection_that_fails(collector: Collector) -> None:
    """The exception reaches the application, and the span as an event."""
    with _instrumented(RequestsInstrumentor()), pytest.raises(requests.ConnectionError):
        requests.get("http://127.0.0.1:9/", timeout=5)
    (theirs,) = _spans(collector)
    assert theirs.status_code == 2


def test_a_secret_in_a_url_does_not_leave(collector: Collector, server: str) -> None:
    """What the instrumentation lets through is still looked at by our policy."""
    with _instrumented(RequestsInstrumentor()):
        requests.get(f"{server}/200", params={"token": "abcdefgh12345678", "page": "2"}, timeout=5)
    _spans(collector)
    assert b"abcdefgh12345678" not in b"".join(collector.payloads)


def test_sqlite3_spans_join_the_request(collector: Collector) -> None:
    """Statements of cursors, of the connection and those that fail, each a child of the span around it."""
    with _instrumented(SQLite3Instrumentor()), tracing.start_span("ours") as root:
        connection = sqlite3.connect(":memory:")
        cursor = connection.cursor()
        cursor.execute("CREATE TABLE things (name TEXT)")
        cursor.executemany("INSERT INTO things VALUES (?)", [("a",), ("b",)])
        cursor.execute("SELECT name FROM things")
        assert cursor.fetchall() == [("a",), ("b",)]
        with pytest.raises(sqlite3.OperationalError):
            cursor.execute("SELECT nothing")
        connection.close()
    spans = _spans(collector)
    assert _is_one_tree_below(root, spans)
    assert [span.name for span in spans] == ["CREATE", "INSERT", "SELECT", "SELECT", "ours"]
    assert [span.status_code for span in spans] == [0, 0, 0, 2, 0]
    assert {span.attributes["db.system"] for span in spans[:-1]} == {"sqlite"}


def test_jinja2_spans_join_the_request(collector: Collector) -> None:
    """Compiling and rendering are children of the span around them, and ours started inside are children of theirs."""

    def inner() -> str:
        with tracing.start_span("inside"):
            return "x"

    with _instrumented(Jinja2Instrumentor()), tracing.start_span("ours") as root:
        assert jinja2.Environment().from_string("Hello {{ inner() }}").render(inner=inner) == "Hello x"
    spans = _spans(collector)
    by_name = {span.name: span for span in spans}
    assert _is_one_tree_below(root, spans)
    assert by_name["inside"].parent_span_id == by_name["jinja2.render"].span_id
    assert by_name["jinja2.compile"].parent_span_id == root.span_id


LIMITED = Policy(max_value_length=20, max_key_length=12, max_distinct_names=2)


def test_the_limits_of_attributes_are_the_same_for_their_spans_and_ours() -> None:
    """What is cut, renamed or left out of a span does not depend on who started it."""
    from opentelemetry import trace

    attributes: dict[str, Any] = {"key": "v" * 500, "k" * 50: 1, "list": ["x" * 500] * 3, "password": "hunter2", "n": 7}
    with Collector() as collector, tracing.configure(configuration_for(collector, "http/protobuf", policy=LIMITED)):
        with tracing.start_span("span", attributes):
            pass
        trace.get_tracer("third.party").start_span("span", attributes=attributes).end()
        ours, theirs = _spans(collector)
    assert ours.attributes == theirs.attributes
    assert "hunter2" not in repr(theirs.attributes)
    assert ours.attributes["key"] != attributes["key"]
