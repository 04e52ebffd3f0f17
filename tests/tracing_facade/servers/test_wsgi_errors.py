"""What goes wrong in an application is recorded and raised on, and what goes wrong in tracing is not noticed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

import tracing_facade as tracing
from tests.support.wsgi_calls import PLAIN, Exchange, answering, call, request
from tracing_facade.config import TrustGrant
from tracing_facade.selfmetrics import COUNTERS
from tracing_facade.servers.wsgi import Environ, TracingMiddleware, WsgiApplication
from tracing_facade.testing import capture_spans


class Failure(Exception):
    """What the application raises."""


class _Body:
    """A body that raises at one place of PEP 3333's protocol."""

    def __init__(self, place: str, error: BaseException) -> None:
        self._place = place
        self._error = error

    def __iter__(self) -> Iterator[bytes]:
        self._fail_at("iter")
        return self._chunks()

    def _chunks(self) -> Iterator[bytes]:
        self._fail_at("first chunk")
        yield b"some"
        self._fail_at("later chunk")

    def close(self) -> None:
        self._fail_at("close")

    def _fail_at(self, place: str) -> None:
        if place == self._place:
            raise self._error


def _failing_at(place: str, error: BaseException) -> WsgiApplication:
    def app(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if place == "before start_response":
            raise error
        start_response("200 OK", PLAIN)
        if place == "after start_response":
            raise error
        return _Body(place, error)

    return app


PLACES = ("before start_response", "after start_response", "iter", "first chunk", "later chunk")


@pytest.mark.parametrize("place", PLACES)
def test_an_error_is_recorded_and_raised_on(place: str) -> None:
    """The server sees the very exception, and the one span has its event, type and status."""
    error = Failure("boom")
    with capture_spans() as spans, pytest.raises(Failure) as raised:
        call(TracingMiddleware(_failing_at(place, error)))
    assert raised.value is error
    (span,) = spans
    attributes = span.attributes or {}
    assert attributes["error.type"] == f"{__name__}.Failure"
    assert ("http.response.status_code" in attributes) == (place != "before start_response")
    assert (span.status_code, span.status_description) == (2, "Failure: boom")
    assert [name for name, _, _ in span.events or ()] == ["exception"]
    assert not tracing.current_span().is_recording()


def test_an_error_in_close_is_recorded_when_the_body_was_not_read() -> None:
    """After a client went away, closing is the last thing that can fail."""
    error = Failure("boom")
    with capture_spans() as spans:
        exchange = Exchange(TracingMiddleware(_failing_at("close", error)), request()).__enter__()
        with pytest.raises(Failure) as raised:
            exchange.body.close()  # type: ignore[attr-defined]
    assert raised.value is error
    assert [span.status_description for span in spans] == ["Failure: boom"]


def test_an_error_in_close_after_the_last_chunk_is_raised_on_and_ends_nothing_twice() -> None:
    """The span ended with the body."""
    with capture_spans() as spans, pytest.raises(Failure):
        call(TracingMiddleware(_failing_at("close", Failure("boom"))))
    assert [span.status_code for span in spans] == [0]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("error", [SystemExit(1), KeyboardInterrupt(), GeneratorExit()], ids=lambda e: type(e).__name__)
def test_leaving_on_purpose_ends_the_span_without_an_error(place: str, error: BaseException) -> None:
    """Exceptions that are no errors pass, and the span still ends once."""
    with capture_spans() as spans, pytest.raises(type(error)):
        call(TracingMiddleware(_failing_at(place, error)))
    assert [(span.status_code, span.events) for span in spans] == [(0, None)]
    assert not tracing.current_span().is_recording()


@pytest.mark.parametrize(
    ("status", "error_type"),
    [("200 OK", None), ("302 Found", None), ("404 Not Found", None), ("499", None), ("500 x", "500"), ("503 x", "503")],
)
def test_an_answer_is_an_error_from_500_on(status: str, error_type: str | None) -> None:
    """Semantic conventions, HTTP spans, Status: 4xx is the client's error, not the server's."""
    with capture_spans() as spans:
        call(TracingMiddleware(answering(status=status)))
    attributes = spans[0].attributes or {}
    assert attributes["http.response.status_code"] == int(status[:3])
    assert attributes.get("error.type") == error_type
    assert (spans[0].status_code, spans[0].status_description) == (2 if error_type else 0, "")


def test_a_status_that_is_none_reaches_the_server_as_it_is() -> None:
    """Complaining about a wrong status is for the server."""
    with capture_spans() as spans:
        exchange, body = call(TracingMiddleware(answering(status="what?")))
    assert (exchange.status, body) == ("what?", b"ok")
    assert "http.response.status_code" not in (spans[0].attributes or {})


class _Hostile:
    def __str__(self) -> str:
        raise Failure

    __iter__ = __str__
    __bool__ = __str__
    __len__ = __str__


HOSTILE_ENTRIES = (
    "REQUEST_METHOD", "PATH_INFO", "SCRIPT_NAME", "QUERY_STRING", "HTTP_HOST", "SERVER_NAME", "SERVER_PORT",
    "REMOTE_ADDR", "REMOTE_PORT", "SERVER_PROTOCOL", "HTTP_USER_AGENT", "HTTP_TRACEPARENT", "HTTP_TRACESTATE",
    "HTTP_BAGGAGE", "wsgi.url_scheme", "wsgi.file_wrapper", "tracing_facade.user", "tracing_facade.groups",
    "tracing_facade.route", "tracing_facade.started_ns",
)  # fmt: skip
TRUSTING = tracing.TracingConfiguration(trust=(TrustGrant(groups=("g",)),))


@pytest.mark.parametrize("value", [None, 7, b"bytes", _Hostile()], ids=["None", "number", "bytes", "hostile"])
@pytest.mark.parametrize("entry", HOSTILE_ENTRIES)
def test_no_environment_keeps_the_application_from_answering(entry: str, value: Any) -> None:
    """Whatever a server or filter put there, the request is answered and nothing of a stranger's stays."""
    environ = request(**{"HTTP_TRACEPARENT": "00-" + "1" * 32 + "-" + "2" * 16 + "-01", entry: value})
    with capture_spans(TRUSTING, check=False):
        exchange, body = call(TracingMiddleware(answering(iter([b"ok"]))), environ)
    assert (exchange.status, body) == ("200 OK", b"ok")
    assert "HTTP_TRACEPARENT" not in environ
    assert not tracing.current_span().is_recording()


def test_an_internal_fault_is_counted_and_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    """A fault of tracing leaves the request alone and a trace in metrics and log."""
    before = COUNTERS.snapshot().get(("internal_faults", "wsgi.groups"), 0)
    with capture_spans(TRUSTING):
        for _ in range(3):
            call(TracingMiddleware(answering()), request(HTTP_TRACEPARENT="", **{"tracing_facade.groups": 7}))
    assert COUNTERS.snapshot()["internal_faults", "wsgi.groups"] >= before + 3
    assert len([record for record in caplog.records if "tracing fault in wsgi.groups;" in record.getMessage()]) <= 1
