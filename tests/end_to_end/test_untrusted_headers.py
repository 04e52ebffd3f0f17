"""Whatever bytes a caller sends: no error, nothing of a stranger's leaves, and of a friend's what is well-formed."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from requests.adapters import BaseAdapter
from werkzeug.serving import WSGIRequestHandler, make_server

import tracing_facade as tracing
from tests.support.header_bytes import NAMES, is_well_formed, sent_headers
from tests.support.wsgi_calls import PLAIN, Exchange, request
from tracing_facade.clients.requests_adapter import trace_session
from tracing_facade.selfmetrics import COUNTERS
from tracing_facade.servers.wsgi import Environ, TracingMiddleware
from tracing_facade.testing import capture_spans
from tracing_facade.trust import TrustRule, trust_everyone, trust_nobody

Sent = dict[str, list[bytes]]
Headers = dict[str, str]


@contextmanager
def _off() -> Iterator[list[Any]]:
    yield []


MODES: dict[str, Callable[[], AbstractContextManager[list[Any]]]] = {
    "sampled": capture_spans,
    "unsampled": lambda: capture_spans(tracing.TracingConfiguration(sampling_rate_per_million=0)),
    "off": _off,
}
in_every_mode = pytest.mark.parametrize("mode", MODES.values(), ids=MODES.keys())


class _Outgoing(BaseAdapter):
    """The network, as far as it sees trace headers."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Headers] = []

    def send(self, request: Any, *_arguments: Any, **_options: Any) -> requests.Response:
        self.seen.append({name.lower(): value for name, value in request.headers.items() if name.lower() in NAMES})
        response = requests.Response()
        response.status_code = 200
        return response

    def close(self) -> None:
        """Hold nothing."""


class Application:
    """Calls another service, by requests and by hand, in the application and in its body; keeps its environment."""

    def __init__(self) -> None:
        self.environ: Environ = {}
        self.identity = ("", "")
        self._outgoing = _Outgoing()
        self._session = requests.Session()
        self._session.mount("http://", self._outgoing)
        trace_session(self._session)
        self._request = requests.Request("GET", "http://localhost/").prepare()

    @property
    def outgoing(self) -> list[Headers]:
        """The trace headers of everything that was sent."""
        return self._outgoing.seen

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        self._outgoing.seen = []
        self.environ = dict(environ)
        span = tracing.current_span()
        self.identity = (span.trace_id, span.span_id)
        self._call()
        start_response("200 OK", PLAIN)
        return self._body()

    def _body(self) -> Iterator[bytes]:
        self._call()
        yield b"ok"

    def _call(self) -> None:
        self._session.get_adapter("http://localhost/").send(self._request)
        with tracing.start_span("inner"):
            by_hand: Headers = {}
            tracing.inject(by_hand)
        self._outgoing.seen.append(by_hand)


APPLICATION = Application()


def _environ(sent: Sent) -> Environ:
    """Return what a server makes of these headers: Latin-1 text, several values joined with commas."""
    entries = {
        f"HTTP_{name.upper()}": ",".join(value.decode("latin-1") for value in values)
        for name, values in sent.items()
        if values
    }
    return request(**entries)


def _answered(sent: Sent, rule: TrustRule | None) -> Exchange:
    with Exchange(TracingMiddleware(APPLICATION, trust=rule), _environ(sent)) as exchange:
        assert b"".join(exchange) == b"ok"
    return exchange


def _faults() -> int:
    return COUNTERS.total("internal_faults")


def _assert_nothing_of_the_strangers(sent: Sent, mode_is_off: bool) -> None:
    """What left is nothing at all, or one traceparent with the server's own trace and ids nobody sent."""
    everything = b"\n".join(value for values in sent.values() for value in values).decode("latin-1").lower()
    assert len(APPLICATION.outgoing) == 4
    for headers in APPLICATION.outgoing:
        assert is_well_formed(headers)
        assert set(headers) == (set() if mode_is_off else {"traceparent"})
        for identifier in headers.get("traceparent", "").split("-")[1:3]:
            assert identifier not in everything
        if not mode_is_off:
            assert headers["traceparent"][3:35] == APPLICATION.identity[0]


@in_every_mode
@pytest.mark.parametrize("rule", [None, trust_nobody], ids=["default", "nobody"])
def test_nothing_of_a_strangers_leaves(mode: Callable[[], AbstractContextManager[Any]], rule: TrustRule | None) -> None:
    """No header, no environment entry and no answer shows what an untrusted caller sent; nothing fails."""

    @settings(max_examples=150, deadline=None)
    @given(sent_headers)
    def holds(sent: Sent) -> None:
        faults = _faults()
        exchange = _answered(sent, rule)
        _assert_nothing_of_the_strangers(sent, mode is _off)
        assert not {f"HTTP_{name.upper()}" for name in NAMES} & set(APPLICATION.environ)
        assert exchange.headers == PLAIN
        assert not tracing.current_span().is_recording()
        assert _faults() == faults

    with mode():
        holds()


@in_every_mode
def test_of_a_friends_only_what_is_well_formed_leaves(mode: Callable[[], AbstractContextManager[Any]]) -> None:
    """A trusted caller's bytes are parsed and written anew, so that none of them breaks a header."""

    @settings(max_examples=150, deadline=None)
    @given(sent_headers)
    def holds(sent: Sent) -> None:
        faults = _faults()
        exchange = _answered(sent, trust_everyone)
        assert all(is_well_formed(headers) for headers in APPLICATION.outgoing)
        answer = exchange.header("traceresponse")
        assert answer is None or is_well_formed({"traceparent": answer})
        assert _faults() == faults

    with mode():
        holds()


@in_every_mode
@pytest.mark.parametrize("rule", [None, trust_everyone], ids=["untrusted", "trusted"])
def test_a_carrier_by_hand_is_no_way_around(
    mode: Callable[[], AbstractContextManager[Any]], rule: TrustRule | None
) -> None:
    """extract takes text, bytes and lists of them, with names in any case, and holds to the same rule."""

    @settings(max_examples=150, deadline=None)
    @given(sent_headers, st.sampled_from([str.lower, str.upper, str.title]), st.booleans())
    def holds(sent: Sent, cased: Callable[[str], str], as_text: bool) -> None:
        carrier = {
            cased(name): [value.decode("latin-1") if as_text else value for value in values]
            for name, values in sent.items()
        }
        faults = _faults()
        with tracing.extract(carrier, trust=rule), tracing.start_span("work") as span:
            headers: Headers = {}
            tracing.inject(headers)
        assert is_well_formed(headers)
        if rule is None:
            assert set(headers) == (set() if mode is _off else {"traceparent"})
            assert mode is _off or span.trace_id in headers["traceparent"]
        assert _faults() == faults

    with mode():
        holds()


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing."""


def _ask(port: int, sent: Sent) -> bytes:
    lines = [b"GET / HTTP/1.0", b"Host: test"]
    lines += [name.encode() + b": " + value for name, values in sent.items() for value in values]
    lines = [line.translate(None, b"\r\n") for line in lines]
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(b"\r\n".join(lines) + b"\r\n\r\n")
        return b"".join(iter(lambda: connection.recv(65536), b""))


@in_every_mode
def test_nothing_of_a_strangers_leaves_a_real_server(mode: Callable[[], AbstractContextManager[Any]]) -> None:
    """The same bytes over a socket, without the line breaks that make other headers of them; the server may refuse."""
    server = make_server("127.0.0.1", 0, TracingMiddleware(APPLICATION), request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)

    @settings(max_examples=60, deadline=None)
    @given(sent_headers)
    def holds(sent: Sent) -> None:
        answer = _ask(server.server_port, sent)
        assert b"traceresponse" not in answer.lower()
        if answer.endswith(b"ok"):
            _assert_nothing_of_the_strangers(sent, mode is _off)

    with mode():
        thread.start()
        try:
            holds()
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
