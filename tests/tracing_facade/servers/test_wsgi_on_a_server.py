"""The middleware behind a real server, asked by a real client: bytes, streaming, disconnects, duplicate headers."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests
from werkzeug.serving import WSGIRequestHandler, make_server

import tracing_facade as tracing
from tests.support.wsgi_calls import PLAIN, answering
from tracing_facade.servers.wsgi import Environ, TracingMiddleware, WsgiApplication
from tracing_facade.testing import RecordedSpan, capture_spans
from tracing_facade.trust import trust_everyone

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing."""


class _Spans:
    """The spans of a server's threads, and the wish to wait for them."""

    def __init__(self, spans: list[RecordedSpan]) -> None:
        self._spans = spans

    def wait_for(self, count: int) -> list[RecordedSpan]:
        """Return the spans once there are ``count``; a server ends its span after the client has its answer."""
        for _ in range(1000):
            if len(self._spans) >= count:
                break
            threading.Event().wait(0.01)
        assert len(self._spans) == count
        return list(self._spans)


@contextmanager
def _served(app: WsgiApplication, **settings: Any) -> Iterator[tuple[str, _Spans]]:
    server = make_server("127.0.0.1", 0, TracingMiddleware(app, **settings), threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    with capture_spans() as spans:
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", _Spans(spans)
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def _echo(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start_response("200 OK", [*PLAIN, ("Content-Length", str(len(body)))])
    return [body]


@pytest.mark.parametrize("body", [b"", b"x", bytes(range(256)) * 1024], ids=["none", "one byte", "256 KiB"])
def test_request_and_response_bodies_pass_byte_for_byte(body: bytes) -> None:
    """The middleware never touches wsgi.input."""
    with _served(_echo) as (url, spans):
        assert requests.post(url, data=body, timeout=10).content == body
        (span,) = spans.wait_for(1)
    assert (span.name, (span.attributes or {})["http.request.method"]) == ("POST", "POST")


def test_a_stream_arrives_while_it_is_made() -> None:
    """The client has the first chunk before the application makes the second."""
    go_on = threading.Event()

    def app(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", PLAIN)
        yield b"first"
        go_on.wait(10)
        yield b"second"

    with _served(app) as (url, spans), requests.get(url, stream=True, timeout=10) as response:
        chunks = response.iter_content(5)
        assert next(chunks) == b"first"
        spans.wait_for(0)
        go_on.set()
        assert b"".join(chunks) == b"second"
        assert spans.wait_for(1)[0].status_code == 0


def test_a_client_that_disconnects_ends_the_span() -> None:
    """The server finds out when it writes, and closes the body."""
    closed = threading.Event()

    def app(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", PLAIN)
        try:
            while True:
                yield b"x" * 65536
        finally:
            closed.set()

    with _served(app) as (url, spans):
        host, _, port = url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: test\r\n\r\n")
            assert connection.recv(10)
        assert closed.wait(10)
        (span,) = spans.wait_for(1)
    assert (span.status_code, span.events) == (0, None)


def test_head_has_the_headers_and_no_body() -> None:
    """The span is named HEAD and the answer is what it is without the middleware."""
    with _served(answering([b"ok"], headers=[*PLAIN, ("Content-Length", "2")])) as (url, spans):
        response = requests.head(url, timeout=10)
        assert (response.headers["Content-Length"], response.content) == ("2", b"")
        assert spans.wait_for(1)[0].name == "HEAD"


def test_a_path_outside_of_ascii_arrives() -> None:
    """The percent-encoded UTF-8 of a client is readable in url.path and no part of the name."""
    with _served(answering()) as (url, spans):
        requests.get(f"{url}/straße/日?q=ü", timeout=10)
        (span,) = spans.wait_for(1)
    attributes = span.attributes or {}
    assert (span.name, attributes["url.path"], attributes["url.query"]) == ("GET", "/straße/日", "q=REDACTED")


def test_an_application_that_fails_gives_the_servers_own_answer() -> None:
    """Werkzeug answers 500 and the span tells why."""

    def app(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        raise LookupError("nowhere")

    with _served(app) as (url, spans):
        assert requests.get(url, timeout=10).status_code == 500
        (span,) = spans.wait_for(1)
    assert ((span.attributes or {})["error.type"], span.status_description) == ("LookupError", "LookupError: nowhere")


def test_two_traceparent_headers_are_none() -> None:
    """A server joins duplicate headers with a comma, which no valid header has."""
    with _served(answering(), trust=trust_everyone) as (url, spans):
        connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
        connection.putrequest("GET", "/")
        connection.putheader("traceparent", TRACEPARENT)
        connection.putheader("traceparent", TRACEPARENT)
        connection.endheaders()
        response = connection.getresponse()
        assert (response.status, response.getheader("traceresponse")) == (200, None)
        connection.close()
        (span,) = spans.wait_for(1)
    assert span.trace_id not in TRACEPARENT


def test_requests_at_the_same_time_do_not_mix() -> None:
    """Every thread of the server has its own current span."""
    barrier = threading.Barrier(4)

    def app(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        barrier.wait(10)
        with tracing.start_span("inner", {"path": environ["PATH_INFO"]}):
            barrier.wait(10)
        start_response("200 OK", PLAIN)
        yield b"ok"

    with _served(app) as (url, spans):
        threads = [
            threading.Thread(target=requests.get, args=(f"{url}/{n}",), kwargs={"timeout": 10}) for n in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        finished = spans.wait_for(8)
    servers = {span.span_id: span for span in finished if span.name == "GET"}
    inner = [span for span in finished if span.name == "inner"]
    assert [(servers[span.parent_span_id].attributes or {})["url.path"] for span in inner] == [
        (span.attributes or {})["path"] for span in inner
    ]
