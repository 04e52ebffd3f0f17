"""Who gets to see trace context and baggage, and sessions that travel between processes."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.util.retry import Retry

import tracing_facade as tracing
from tests.support.http_peer import HttpPeer, redirect
from tracing_facade.clients.requests_adapter import TracedAdapter, trace_session
from tracing_facade.testing import capture_spans
from tracing_facade.trust import trust_everyone

CALLER = {
    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "tracestate": "vendor=1",
    "baggage": "tenant=a",
}
NAMES = tuple(CALLER)


class _Sent(BaseAdapter):
    """Keeps the headers that would be sent, to hosts that no test may reach."""

    def __init__(self) -> None:
        super().__init__()
        self.headers: dict[str, str] = {}

    def send(self, request: Any, *_arguments: Any, **_options: Any) -> requests.Response:
        self.headers = {name: value for name, value in request.headers.items() if name.lower() in NAMES}
        response = requests.Response()
        response.status_code = 200
        return response

    def close(self) -> None:
        """Hold nothing."""


@pytest.fixture
def peer() -> Iterator[HttpPeer]:
    """Run a server for one test."""
    with HttpPeer() as running:
        yield running


def _shown_to(url: str, headers: dict[str, str] | None = None) -> dict[str, str]:
    sent = _Sent()
    with requests.Session() as session:
        for prefix in ("http://", "https://"):
            session.mount(prefix, sent)
        prepared = requests.Request("GET", url, headers=headers).prepare()
        trace_session(session).get_adapter(url).send(prepared)
    return sent.headers


@pytest.mark.parametrize(
    ("patterns", "url", "shown"),
    [
        (("api.example",), "http://api.example/", True),
        (("api.example",), "https://API.Example:8443/x", True),
        (("api.example:443",), "https://api.example/", True),
        (("api.example:443",), "http://api.example/", False),
        (("*.example",), "http://a.b.example/", True),
        (("*.example",), "http://example/", False),
        (("*",), "http://anything/", True),
        (("[::1]",), "http://[::1]:8080/", True),
        (("api.example",), "http://api.example.evil.test/", False),
        (("api.example",), "http://evil.test/api.example", False),
        (("api.example",), "http://api.example@evil.test/", False),
        (("api.example",), "http://evil.test#@api.example/", False),
        (("api.example",), "http://evil.test\\@api.example/", False),
        ((), "http://localhost/", False),
    ],
)
def test_context_leaves_only_for_hosts_that_the_configuration_names(
    patterns: tuple[str, ...], url: str, shown: bool
) -> None:
    """`propagate_to` decides by the host that is really asked."""
    with (
        capture_spans(tracing.TracingConfiguration(propagate_to=patterns)),
        tracing.extract(CALLER, trust=trust_everyone),
        tracing.start_span("outer"),
    ):
        assert sorted(_shown_to(url)) == (sorted(NAMES) if shown else [])


def test_by_default_context_stays_on_this_machine() -> None:
    """Loopback is allowed, any other host is not."""
    with capture_spans(), tracing.start_span("outer"):
        assert set(_shown_to("http://localhost/")) == set(_shown_to("http://127.0.0.1/")) == {"traceparent"}
        assert _shown_to("http://api.example/") == {}


def test_a_redirect_to_another_host_carries_nothing(peer: HttpPeer) -> None:
    """What the first host was shown does not go along."""
    with HttpPeer() as other, trace_session(requests.Session()) as session:
        session.trust_env = False
        peer.script = [redirect(other.url)]
        only_first = tracing.TracingConfiguration(propagate_to=(f"127.0.0.1:{peer.port}",))
        with capture_spans(only_first) as spans, tracing.extract(CALLER, trust=trust_everyone):
            assert session.get(peer.url).status_code == 200
    assert len(spans) == 2
    assert [peer.received[0].header(name) is not None for name in NAMES] == [True] * 3
    assert [other.received[0].header(name) for name in NAMES] == [None] * 3


def test_a_tracestate_of_another_trace_is_replaced() -> None:
    """What the application set by hand must not appear beside our traceparent."""
    with capture_spans(), tracing.start_span("outer"):
        shown = _shown_to("http://localhost/", {"Tracestate": "foreign=1", "Traceparent": CALLER["traceparent"]})
    assert set(shown) == {"traceparent"}
    assert shown["traceparent"] != CALLER["traceparent"]


def test_headers_of_the_application_stay_where_context_may_not_go() -> None:
    """To a host outside of `propagate_to` the application's own headers are its own business."""
    with capture_spans(), tracing.start_span("outer"):
        assert _shown_to("http://api.example/", {"Traceparent": "own"}) == {"Traceparent": "own"}


class _Adding(_Sent):
    """An adapter that takes the caller's own context for its business and adds a header."""

    def send(self, request: Any, *arguments: Any, **options: Any) -> requests.Response:
        request.headers["X-Added"] = "1"
        request.headers.pop("X-Gone", None)
        return super().send(request, *arguments, **options)


@pytest.mark.parametrize("host", ["localhost", "api.example"])
@pytest.mark.parametrize("own", [{}, {"traceparent": "own"}, {"X-Gone": "1"}], ids=["none", "traceparent", "gone"])
def test_what_an_adapter_adds_shows_in_the_request_with_context_and_without(host: str, own: dict[str, str]) -> None:
    """However many headers there are, the added one is handed back, and context is not."""
    prepared = requests.Request("GET", f"http://{host}/", headers=own).prepare()
    with capture_spans(), tracing.start_span("outer"):
        TracedAdapter(_Adding()).send(prepared)
    assert dict(prepared.headers) == {**own, "X-Added": "1"}


def test_while_tracing_is_off_a_trusted_callers_context_goes_on() -> None:
    """A hop that records nothing does not break the trace."""
    with tracing.extract(CALLER, trust=trust_everyone):
        assert _shown_to("http://localhost/") == CALLER


@pytest.mark.parametrize(
    "clone", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))], ids=["copy", "deepcopy", "pickle"]
)
@pytest.mark.parametrize("retries", [0, 2])
def test_a_clone_of_a_session_is_traced_too(peer: HttpPeer, clone: Any, retries: int) -> None:
    """Sessions are pickled for worker processes; the adapters and their settings come along."""
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", HTTPAdapter(max_retries=Retry(retries, status_forcelist=[503])))
    trace_session(session).headers["X-Own"] = "1"
    with capture_spans():
        session.get(peer.url)
    with clone(session) as cloned, capture_spans() as spans:
        assert cloned.get(peer.url).status_code == 200
    assert isinstance(cloned.get_adapter("http://x"), TracedAdapter)
    assert cloned.get_adapter("http://x").max_retries.total == retries
    assert (len(spans), peer.received[1].header("x-own")) == (1, "1")
    session.close()


def test_an_adapter_may_pickle_and_copy_what_it_sends() -> None:
    """Adapters that send from another process, or keep what they sent, work as without tracing."""
    copies: list[Any] = []

    class Pickling(_Sent):
        def send(self, request: Any, *arguments: Any, **options: Any) -> requests.Response:
            copies.extend((pickle.loads(pickle.dumps(request)), copy.copy(request), copy.deepcopy(request)))
            return super().send(request, *arguments, **options)

    prepared = requests.Request("POST", "http://localhost/", headers={"A": "a"}, data="body").prepare()
    with capture_spans(), requests.Session() as session:
        session.mount("http://", Pickling())
        trace_session(session).send(prepared)
    assert [(type(made), made.body, made.headers["A"]) for made in copies] == [
        (requests.PreparedRequest, "body", "a")
    ] * 3
    assert all("traceparent" in made.headers for made in copies)
