"""A traced requests session: one client span per attempt, and everything else as without it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.auth import HTTPDigestAuth

import tracing_facade as tracing
from tests.support.http_peer import HttpPeer, Reply, redirect
from tracing_facade.clients.requests_adapter import TracedAdapter, trace_session
from tracing_facade.testing import RecordedSpan, capture_spans


@pytest.fixture
def peer() -> Iterator[HttpPeer]:
    """Run a server for one test."""
    with HttpPeer() as running:
        yield running


@pytest.fixture
def session() -> Iterator[requests.Session]:
    """Return a traced session without proxies of this machine."""
    with trace_session(requests.Session()) as traced:
        traced.trust_env = False
        yield traced


def _attributes(span: RecordedSpan) -> dict[str, Any]:
    return dict(span.attributes or {})


def test_a_request_is_one_client_span_below_the_current_one(peer: HttpPeer, session: requests.Session) -> None:
    """Its attributes are those of OpenTelemetry's stable HTTP conventions, and the server gets its identity."""
    with capture_spans() as spans, tracing.start_span("outer") as outer:
        response = session.get(f"{peer.url}/items?token=s3cret")
    sent, _ = spans
    assert (response.status_code, response.content) == (200, b"ok")
    assert (sent.name, sent.kind, sent.parent_span_id) == ("GET", tracing.SpanKind.CLIENT, outer.span_id)
    assert _attributes(sent) == {
        "http.request.method": "GET",
        "url.full": f"{peer.url}/items?token=REDACTED",
        "server.address": "127.0.0.1",
        "server.port": peer.port,
        "http.response.status_code": 200,
    }
    assert peer.received[0].header("traceparent") == f"00-{outer.trace_id}-{sent.span_id}-03"


def test_the_span_is_current_only_while_it_is_sent(peer: HttpPeer, session: requests.Session) -> None:
    """Neither the answer's body nor the code after it belongs to the span."""
    with capture_spans() as spans, tracing.start_span("outer") as outer:
        response = session.get(peer.url, stream=True)
        assert [span.name for span in spans] == ["GET"]
        assert tracing.current_span() is outer
        assert response.content == b"ok"


def test_credentials_in_the_url_are_redacted(peer: HttpPeer, session: requests.Session) -> None:
    """User and password of a URL go to the server and to nobody else."""
    with capture_spans() as spans:
        session.get(f"http://user:s3cret@127.0.0.1:{peer.port}/")
    assert (peer.received[0].header("authorization") or "").startswith("Basic ")
    assert "s3cret" not in repr(spans[0].attributes)


def test_an_allowed_query_parameter_is_shown(peer: HttpPeer, session: requests.Session) -> None:
    """`query_allow` of the configuration counts for clients too."""
    with capture_spans(tracing.TracingConfiguration(query_allow=("page",))) as spans:
        session.get(f"{peer.url}/?page=2&q=x")
    assert _attributes(spans[0])["url.full"] == f"{peer.url}/?page=2&q=REDACTED"


def test_an_unknown_method_is_no_name(peer: HttpPeer, session: requests.Session) -> None:
    """Semantic conventions, HTTP spans, Name."""
    with capture_spans() as spans:
        session.request("FETCH", peer.url)
    attributes = _attributes(spans[0])
    assert (spans[0].name, attributes["http.request.method"]) == ("HTTP", "_OTHER")
    assert attributes["http.request.method_original"] == "FETCH"


@pytest.mark.parametrize(("status", "error"), [(200, None), (304, None), (400, "400"), (404, "404"), (500, "500")])
def test_an_answer_is_an_error_from_400_on(
    peer: HttpPeer, session: requests.Session, status: int, error: str | None
) -> None:
    """For a client 4xx is an error as well (semantic conventions, HTTP spans, Status)."""
    peer.script = [Reply(status, body=b"")]
    with capture_spans() as spans:
        assert session.get(peer.url).status_code == status
    assert (_attributes(spans[0]).get("error.type"), spans[0].status_code) == (error, 2 if error else 0)
    assert spans[0].events is None


def test_a_request_that_fails_is_an_error(session: requests.Session) -> None:
    """The caller gets the exception of requests about the request that he made; the span has its type."""
    with HttpPeer() as gone:
        pass
    prepared = session.prepare_request(requests.Request("GET", gone.url))
    with capture_spans() as spans, pytest.raises(requests.ConnectionError) as raised:
        session.send(prepared)
    (span,) = spans
    assert raised.value.request is prepared
    assert _attributes(span)["error.type"] == "requests.exceptions.ConnectionError"
    assert (span.status_code, [name for name, _, _ in span.events or ()]) == (2, ["exception"])
    assert not tracing.current_span().is_recording()


@pytest.mark.parametrize("url", ["http://127.0.0.1:99999/", "http://[::1", "http://"])
def test_a_url_that_is_none_fails_as_without_tracing(session: requests.Session, url: str) -> None:
    """The very exception type of an untraced session."""
    prepared = requests.Request("GET", "http://127.0.0.1/").prepare()
    prepared.url = url
    with requests.Session() as untraced, pytest.raises(Exception) as expected:  # noqa: PT011  # whatever requests does
        untraced.send(prepared)
    with capture_spans() as spans, pytest.raises(type(expected.value)):
        session.send(prepared)
    assert len(spans) <= 1


def test_every_hop_of_a_redirect_is_a_span(peer: HttpPeer, session: requests.Session) -> None:
    """Two requests, two spans, two span ids on the wire."""
    peer.script = [redirect("/second"), Reply()]
    with capture_spans() as spans, tracing.start_span("outer") as outer:
        response = session.get(f"{peer.url}/first")
    first, second, _ = spans
    assert [step.status_code for step in response.history] == [302]
    assert [(_attributes(span)["url.full"], span.parent_span_id) for span in (first, second)] == [
        (f"{peer.url}/first", outer.span_id),
        (f"{peer.url}/second", outer.span_id),
    ]
    assert [request.header("traceparent") for request in peer.received] == [
        f"00-{outer.trace_id}-{span.span_id}-03" for span in (first, second)
    ]


def test_the_answer_to_a_challenge_is_a_span_too(peer: HttpPeer, session: requests.Session) -> None:
    """Digest authentication sends again through the adapter of the first response."""
    challenge = 'Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256'
    peer.script = [Reply(401, [("WWW-Authenticate", challenge)], b""), Reply()]
    with capture_spans() as spans:
        assert session.get(peer.url, auth=HTTPDigestAuth("u", "p")).status_code == 200
    assert [_attributes(span)["http.response.status_code"] for span in spans] == [401, 200]
    assert [request.header("traceparent") for request in peer.received] == [
        f"00-{span.trace_id}-{span.span_id}-03" for span in spans
    ]


BODIES: dict[str, Any] = {
    "none": lambda: None,
    "bytes": lambda: b"x" * 100_000,
    "form": lambda: {"a": "1"},
    "file": lambda: BytesIO(b"x" * 100_000),
    "generator": lambda: iter([b"x" * 1000] * 10),
}


@pytest.mark.parametrize("make", BODIES.values(), ids=BODIES.keys())
def test_what_is_sent_is_the_same_as_without_tracing(peer: HttpPeer, session: requests.Session, make: Any) -> None:
    """Only the context headers differ."""
    with requests.Session() as untraced:
        untraced.trust_env = False
        untraced.post(peer.url, data=make(), headers={"X-Own": "1"})
    with capture_spans():
        session.post(peer.url, data=make(), headers={"X-Own": "1"})
    without, traced = peer.received
    assert traced.body == without.body
    assert [item for item in traced.headers if item[0] != "traceparent"] == without.headers


def test_a_streamed_answer_is_not_read(peer: HttpPeer, session: requests.Session) -> None:
    """With stream=True the body is still to be read after the span has ended."""
    peer.script = [Reply(body=b"x" * 1_000_000)]
    with capture_spans() as spans:
        response = session.get(peer.url, stream=True)
        assert not response.raw.closed
        assert response.raw.tell() == 0
        assert len(spans) == 1
        assert sum(map(len, response.iter_content(65536))) == 1_000_000


def test_the_request_is_as_it_was(peer: HttpPeer, session: requests.Session) -> None:
    """Its headers, and the identity of the request in the response."""
    prepared = session.prepare_request(requests.Request("POST", peer.url, data=b"x", headers={"TraceParent": "mine"}))
    before = list(prepared.headers.items())
    with capture_spans(), tracing.start_span("outer"):
        response = session.send(prepared)
    assert response.request is prepared
    assert list(prepared.headers.items()) == before
    assert peer.received[0].header("traceparent") != "mine"


def test_headers_that_are_a_plain_dict_are_sent(peer: HttpPeer, session: requests.Session) -> None:
    """A request prepared by hand may carry any mapping."""
    prepared = requests.PreparedRequest()
    prepared.method, prepared.url = "GET", peer.url
    prepared.headers = {"X-Own": "1"}  # type: ignore[assignment]
    adapter = session.get_adapter(peer.url)
    with capture_spans(), tracing.start_span("outer"):
        assert adapter.send(prepared).status_code == 200
    assert peer.received[0].header("x-own") == "1"
    assert peer.received[0].header("traceparent")
    assert prepared.headers == {"X-Own": "1"}


def test_a_thread_pool_may_share_session_and_request(peer: HttpPeer, session: requests.Session) -> None:
    """Each thread sends its own identity, and nothing of any stays in the request."""
    prepared = session.prepare_request(requests.Request("GET", peer.url))
    adapter = session.get_adapter(peer.url)
    barrier = threading.Barrier(8)

    def send() -> None:
        barrier.wait(10)
        with tracing.start_span("thread"):
            for _ in range(10):
                assert adapter.send(prepared).content == b"ok"

    with capture_spans() as spans:
        threads = [threading.Thread(target=send) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    sent = {f"00-{span.trace_id}-{span.span_id}-03" for span in spans if span.name == "GET"}
    assert len(sent) == 80
    assert {request.header("traceparent") for request in peer.received} == sent
    assert "traceparent" not in prepared.headers


class _Own(HTTPAdapter):
    """An adapter as applications write them: adds a header, rewrites the URL, counts."""

    calls = 0

    def add_headers(self, request: Any, **options: Any) -> None:
        request.headers["X-Added"] = "1"

    def send(self, request: Any, *arguments: Any, **options: Any) -> requests.Response:
        self.calls += 1
        request.url += "rewritten"
        return super().send(request, *arguments, **options)


@pytest.mark.parametrize("retries", [0, 2], ids=["no retries", "retries"])
def test_an_adapter_of_the_application_keeps_working(peer: HttpPeer, retries: int) -> None:
    """What it changes in the request shows there afterwards, and what it keeps stays with it."""
    with requests.Session() as session:
        own = _Own(max_retries=retries)
        session.mount("http://", own)
        trace_session(session)
        prepared = session.prepare_request(requests.Request("GET", f"{peer.url}/"))
        with capture_spans(), tracing.start_span("outer"):
            response = session.send(prepared)
    assert (own.calls, peer.received[0].path, peer.received[0].header("x-added")) == (1, "/rewritten", "1")
    assert (response.request is prepared, prepared.url) == (True, f"{peer.url}/rewritten")
    assert (prepared.headers["X-Added"], "traceparent" in prepared.headers) == ("1", False)


def test_an_adapter_can_be_configured_through_ours() -> None:
    """Reading and setting attributes reaches the adapter that sends."""
    session = trace_session(requests.Session())
    adapter: Any = session.get_adapter("https://x")
    adapter.max_retries = 3
    assert isinstance(adapter, TracedAdapter)
    assert isinstance(adapter.inner, HTTPAdapter)
    assert (adapter.inner.max_retries, adapter.max_retries) == (3, 3)
    with pytest.raises(AttributeError):
        _ = adapter.nothing


def test_tracing_twice_adds_no_second_span(peer: HttpPeer, session: requests.Session) -> None:
    """An adapter is wrapped once."""
    trace_session(session)
    with capture_spans() as spans:
        session.get(peer.url)
    assert len(spans) == 1


class _Strange(BaseAdapter):
    """Answers with anything, as test doubles do."""

    def __init__(self, answer: Any) -> None:
        super().__init__()
        self.answer = answer

    def send(self, *_arguments: Any, **_options: Any) -> Any:
        return self.answer

    def close(self) -> None:
        self.answer = "closed"


@pytest.mark.parametrize(
    "answer", [None, object(), type("R", (), {"status_code": "200"})()], ids=["None", "object", "text"]
)
def test_an_answer_that_is_no_response_is_passed_on(answer: Any) -> None:
    """What an adapter returns is for its caller to judge; the span ends and the context is restored."""
    with capture_spans() as spans:
        assert TracedAdapter(_Strange(answer)).send(requests.Request("GET", "http://localhost").prepare()) is answer
        assert not tracing.current_span().is_recording()
    assert len(spans) == 1


@pytest.mark.parametrize(
    "request_", [None, object(), requests.Request("GET", "http://localhost")], ids=lambda r: type(r).__name__
)
def test_a_request_that_is_none_reaches_the_adapter(request_: Any) -> None:
    """Complaining is for the adapter that sends."""
    with capture_spans():
        assert TracedAdapter(_Strange("sent")).send(request_) == "sent"
        assert not tracing.current_span().is_recording()


def test_closing_the_session_closes_the_adapter() -> None:
    """Pools are given back as before."""
    strange = _Strange(None)
    session = requests.Session()
    session.mount("http://", strange)
    trace_session(session).close()
    assert strange.answer == "closed"


def test_a_server_receives_no_context_while_tracing_is_off(peer: HttpPeer, session: requests.Session) -> None:
    """Off, a session sends what it would send without us."""
    session.get(peer.url)
    assert [peer.received[0].header(name) for name in ("traceparent", "tracestate", "baggage")] == [None] * 3


def test_connections_are_reused(peer: HttpPeer, session: requests.Session) -> None:
    """Many requests one after another share one connection, as before."""
    with capture_spans() as spans:
        for _ in range(20):
            session.get(peer.url)
    assert len(spans) == 20
    assert len({request.client for request in peer.received}) == 1
