"""The server span of a WSGI request: it ends once, is current while the application works, and changes nothing."""

from __future__ import annotations

import gc
import sys
import weakref
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO, StringIO
from time import time_ns
from typing import Any
from wsgiref.util import FileWrapper

import pytest

import tracing_facade as tracing
from tests.support.wsgi_calls import PLAIN, Exchange, answering, call, request, validated
from tracing_facade._enforcement import build_enforcer
from tracing_facade._facade import replace_runtime
from tracing_facade._runtime import Runtime
from tracing_facade.policy import Policy
from tracing_facade.servers.wsgi import Environ, TracingMiddleware, WsgiApplication, earlier_span
from tracing_facade.testing import capture_spans

SENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def _generator(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", PLAIN)
    yield b"he"
    yield b"llo"


def _late_start(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
    def body() -> Iterator[bytes]:
        start_response("200 OK", PLAIN)
        yield b"hello"

    return body()


def _written(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
    write = start_response("200 OK", PLAIN)
    write(b"he")
    write(b"llo")
    return []


def _written_and_generated(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
    write = start_response("200 OK", PLAIN)
    write(b"he")
    return iter([b"llo"])


def _file(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", PLAIN)
    wrapped: Iterable[bytes] = environ["wsgi.file_wrapper"](BytesIO(b"hello"))
    return wrapped


def _iterator(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", PLAIN)
    return iter([b"hello"])


class _Sequence:
    """A body that knows its length, as PEP 3333 lets servers ask for."""

    def __iter__(self) -> Iterator[bytes]:
        return iter([b"hello"])

    def __len__(self) -> int:
        return 1


BODIES: dict[str, WsgiApplication] = {
    "list": answering([b"he", b"llo"]),
    "tuple": answering((b"hello",)),
    "sequence": answering(_Sequence()),
    "generator": _generator,
    "iterator": _iterator,
    "start_response called by the body": _late_start,
    "write callable": _written,
    "write callable and body": _written_and_generated,
    "file wrapper": _file,
}


@pytest.mark.parametrize("app", BODIES.values(), ids=BODIES.keys())
@pytest.mark.parametrize("rate", [0, 1_000_000], ids=["unsampled", "sampled"])
def test_an_answer_is_the_same_and_has_one_span(app: WsgiApplication, rate: int) -> None:
    """However the body is made, the client gets every byte and the span ends once, sampled or not."""
    environ = request(**{"wsgi.file_wrapper": FileWrapper})
    with capture_spans(tracing.TracingConfiguration(sampling_rate_per_million=rate)) as spans:
        exchange, body = call(TracingMiddleware(app), environ)
    assert (exchange.status, exchange.headers, body) == ("200 OK", PLAIN, b"hello")
    assert [(span.name, span.kind, (span.attributes or {})["http.response.status_code"]) for span in spans] == (
        [("GET", tracing.SpanKind.SERVER, 200)] if rate else []
    )


@pytest.mark.parametrize("app", BODIES.values(), ids=BODIES.keys())
@pytest.mark.parametrize("rate", [0, 1_000_000, None], ids=["unsampled", "sampled", "off"])
def test_the_validator_finds_nothing_on_either_side(app: WsgiApplication, rate: int | None) -> None:
    """The middleware is a correct server for its application and a correct application for its server."""
    complaints = StringIO()
    environ = request(**{"wsgi.file_wrapper": FileWrapper, "HTTP_TRACEPARENT": SENT, "wsgi.errors": complaints})
    if rate is None:
        _, body = call(validated(app), environ)
    else:
        with capture_spans(tracing.TracingConfiguration(sampling_rate_per_million=rate)):
            _, body = call(validated(app), environ)
    assert body == b"hello"
    assert complaints.getvalue() == ""


def test_a_file_reaches_the_server_as_the_server_wrapped_it() -> None:
    """Servers send a file without reading it only when they get their own wrapper back."""
    with capture_spans(), Exchange(TracingMiddleware(_file), request(**{"wsgi.file_wrapper": FileWrapper})) as exchange:
        assert type(exchange.body) is FileWrapper


def test_a_body_keeps_its_length() -> None:
    """A server may ask a body for its length to set Content-Length."""
    body = _Sequence()
    with capture_spans(), Exchange(TracingMiddleware(answering(body)), request()) as exchange:
        assert exchange.body is body


def test_while_tracing_is_off_a_body_passes_untouched() -> None:
    """Off costs nothing per chunk."""
    body = iter([b"ok"])
    with Exchange(TracingMiddleware(answering(body)), request()) as exchange:
        assert exchange.body is body


def test_a_span_lasts_as_long_as_its_body() -> None:
    """A streamed answer is timed to its last chunk."""
    with capture_spans() as spans, Exchange(TracingMiddleware(_generator), request()) as exchange:
        chunks = iter(exchange)
        assert next(chunks) == b"he"
        assert spans == []
        assert list(chunks) == [b"llo"]
        assert len(spans) == 1
    assert len(spans) == 1


def test_a_client_that_goes_away_ends_the_span_without_an_error() -> None:
    """The server closes the body before its end, which the application sees and the span survives."""
    seen: list[str] = []

    def app(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", PLAIN)
        try:
            yield b"first"
            yield b"never"
        finally:
            seen.append(tracing.current_span().span_id)

    with capture_spans() as spans:
        with Exchange(TracingMiddleware(app), request()) as exchange:
            assert next(iter(exchange)) == b"first"
        assert [(span.status_code, span.events) for span in spans] == [(0, None)]
        assert seen == [spans[0].span_id]
        assert not tracing.current_span().is_recording()


def test_a_body_that_is_never_iterated_ends_with_its_close() -> None:
    """Some servers close the answer to HEAD without asking for a byte."""
    with capture_spans() as spans, Exchange(TracingMiddleware(_generator), request("HEAD")):
        pass
    assert [span.name for span in spans] == ["HEAD"]


def test_close_is_passed_on_once_for_each_call_and_ends_the_span_once() -> None:
    """A server that closes twice closes the application's body twice, and the span ends once."""
    closed: list[int] = []

    class Body:
        def __iter__(self) -> Iterator[bytes]:
            return iter([b"ok"])

        def close(self) -> None:
            closed.append(1)

    with capture_spans() as spans, Exchange(TracingMiddleware(answering(Body())), request()) as exchange:
        list(exchange)
        exchange.body.close()  # type: ignore[attr-defined]
    assert (len(closed), len(spans)) == (2, 1)


def test_the_span_is_current_only_while_the_application_works() -> None:
    """In the application and in every step of its body, never in the server between them."""
    inside: list[str] = []

    def app(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        inside.append(tracing.current_span().span_id)
        start_response("200 OK", PLAIN)

        def body() -> Iterator[bytes]:
            for _ in range(2):
                inside.append(tracing.current_span().span_id)
                yield b"x"

        return body()

    with capture_spans() as spans:
        with Exchange(TracingMiddleware(app), request()) as exchange:
            for _ in exchange:
                assert not tracing.current_span().is_recording()
        assert not tracing.current_span().is_recording()
    assert inside == [spans[0].span_id] * 3


def test_what_the_application_leaves_current_does_not_stay() -> None:
    """A span that was entered and never left is not current in the next request of that thread."""

    def app(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        tracing.start_span("left open").__enter__()
        start_response("200 OK", PLAIN)
        return [b"ok"]

    with capture_spans(check=False) as spans:
        for _ in range(2):
            call(TracingMiddleware(app))
            assert not tracing.current_span().is_recording()
    first, second = spans
    assert first.trace_id != second.trace_id
    assert second.parent_span_id == ""


def test_spans_of_application_and_body_are_children_of_the_server_span() -> None:
    """One request is one connected trace."""

    def app(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        with tracing.start_span("early"):
            start_response("200 OK", PLAIN)

        def body() -> Iterator[bytes]:
            with tracing.start_span("streaming"):
                yield b"a"
                yield b"b"

        return body()

    with capture_spans() as spans:
        call(TracingMiddleware(app))
    early, streaming, server = spans
    assert server.name == "GET"
    assert early.parent_span_id == streaming.parent_span_id == server.span_id


def test_a_second_middleware_adds_no_span() -> None:
    """A mounted application that brings its own middleware is traced once."""
    with capture_spans() as spans:
        call(TracingMiddleware(TracingMiddleware(answering())))
    assert len(spans) == 1


@pytest.mark.parametrize("by_name", [False, True], ids=["positional", "by name"])
def test_an_error_page_replaces_the_first_status(by_name: bool) -> None:
    """start_response may be called again with exc_info; PEP 3333's parameter names work too."""

    def app(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", PLAIN)
        try:
            raise KeyError("x")
        except KeyError:
            if by_name:
                start_response(status="503 Down", response_headers=PLAIN, exc_info=sys.exc_info())
            else:
                start_response("503 Down", PLAIN, sys.exc_info())
        return [b"sorry"]

    with capture_spans() as spans:
        exchange, _ = call(TracingMiddleware(app))
    assert exchange.status == "503 Down"
    attributes = spans[0].attributes or {}
    assert (attributes["http.response.status_code"], attributes["error.type"]) == (503, "503")


def test_work_before_the_span_becomes_its_child() -> None:
    """A filter around the middleware may time itself; the server span starts when the request came in."""
    came_in = time_ns()
    environ = request(**{"tracing_facade.started_ns": came_in})
    spec = tracing.SpanSpec("authentication")
    with capture_spans() as spans:
        with earlier_span(environ, spec) as attributes:
            attributes["user"] = "u"
        with pytest.raises(PermissionError), earlier_span(environ, spec):
            raise PermissionError("no")
        call(TracingMiddleware(answering()), environ)
    passed, failed, server = spans
    assert passed.parent_span_id == failed.parent_span_id == server.span_id
    assert (passed.name, passed.attributes, passed.status_code, failed.status_code) == (
        "authentication",
        {"user": "u"},
        0,
        2,
    )
    assert server.start_ns == came_in <= passed.start_ns <= passed.end_ns <= failed.start_ns <= server.end_ns


def test_work_before_a_request_goes_on_whatever_stands_in_the_environment() -> None:
    """Somebody else's value under the facade's key costs that span, and the request nothing."""
    environ = request(**{"tracing_facade.earlier_spans": 7})
    with capture_spans() as spans:
        with earlier_span(environ, tracing.SpanSpec("authentication")) as attributes:
            attributes["user"] = "u"
        exchange, body = call(TracingMiddleware(answering()), environ)
    assert (exchange.status, body) == ("200 OK", b"ok")
    assert [(span.name, (span.attributes or {}).get("http.response.status_code")) for span in spans] == [("GET", 200)]


def test_work_before_an_unsampled_request_is_not_recorded() -> None:
    """What a filter timed is dropped with the trace."""
    environ = request()
    with capture_spans(tracing.TracingConfiguration(sampling_rate_per_million=0)) as spans:
        with earlier_span(environ, tracing.SpanSpec("authentication")):
            pass
        call(TracingMiddleware(answering()), environ)
    assert spans == []


def _enters_the_current_span(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    with tracing.current_span():
        tracing.inject(before)
    tracing.inject(after)
    start_response("200 OK", PLAIN)
    return [b"same" if before and before == after else b"another"]


def _enters_the_current_span_late(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
    yield from _enters_the_current_span(environ, start_response)


@pytest.mark.parametrize("app", [_enters_the_current_span, _enters_the_current_span_late])
def test_an_application_may_enter_the_span_of_an_unsampled_request_again(app: WsgiApplication) -> None:
    """Nothing is raised, and the request's trace is current afterwards as before."""
    with capture_spans(tracing.TracingConfiguration(sampling_rate_per_million=0)):
        _, body = call(TracingMiddleware(app), request())
    assert body == b"same"


class _Objecting:
    """A body whose every attribute but those of an iterable raises."""

    def __iter__(self) -> Iterator[bytes]:
        return iter([b"ok"])

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)


def test_a_body_that_objects_to_questions_is_sent_and_its_span_ends() -> None:
    """What the middleware asks a body for must not fail a request that works without it."""
    environ = request()
    with capture_spans() as spans:
        body = TracingMiddleware(answering(_Objecting()))(environ, lambda *_given: None)
        sent = list(body)
    assert sent == [b"ok"]
    assert len(spans) == 1


def test_closing_a_body_that_objects_ends_the_span() -> None:
    """The server learns what went wrong, and the span ends all the same."""
    with capture_spans() as spans:
        body: Any = TracingMiddleware(answering(_Objecting()))(request(), lambda *_given: None)
        with pytest.raises(RuntimeError, match="close"):
            body.close()
    assert [(span.attributes or {}).get("error.type") for span in spans] == ["RuntimeError"]


class _Text(str):
    """Text that tells when it is gone."""


@pytest.mark.parametrize("key", ["QUERY_STRING", "PATH_INFO", "HTTP_USER_AGENT", "HTTP_HOST"])
def test_a_span_that_waits_keeps_nothing_large_of_its_request(key: str) -> None:
    """Strangers choose how long a header is, and many spans may wait."""
    text = _Text("/" + "x" * 100_000)
    gone = weakref.ref(text)
    kept: list[Any] = []
    runtime = Runtime.recording(tracing.TracingConfiguration(), kept.append, build_enforcer(Policy()))
    before = replace_runtime(runtime)
    try:
        call(TracingMiddleware(answering()), request(**{key: text}))
    finally:
        replace_runtime(before)
    del text
    gc.collect()
    assert len(kept) == 1
    assert gone() is None


def test_what_is_no_text_in_the_environment_is_read_when_the_request_comes_in() -> None:
    """Such a value might change before somebody asks the span."""
    agent = ["before"]
    with capture_spans() as spans:

        def app(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
            agent[0] = "after"
            start_response("200 OK", PLAIN)
            return [b"ok"]

        call(TracingMiddleware(app), request(HTTP_USER_AGENT=agent))
    assert (spans[0].attributes or {})["user_agent.original"] == "['before']"
