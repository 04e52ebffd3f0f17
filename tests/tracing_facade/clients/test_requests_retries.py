"""urllib3's retries, seen one by one: a span, a count and an identity for each, and decisions as without tracing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

import tracing_facade as tracing
from tests.support.http_peer import HttpPeer, Reply
from tracing_facade.clients.requests_adapter import trace_session
from tracing_facade.testing import capture_spans


@pytest.fixture
def peer() -> Iterator[HttpPeer]:
    """Run a server for one test."""
    with HttpPeer() as running:
        yield running


def _session(retries: Any) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", HTTPAdapter(max_retries=retries))
    return session


def _retries(**settings: Any) -> Retry:
    return Retry(**{"total": 3, "status_forcelist": [503], "backoff_factor": 0, "allowed_methods": None, **settings})


DOWN = Reply(503, body=b"down")


def test_every_attempt_is_a_span_with_its_count(peer: HttpPeer) -> None:
    """The first has no http.request.resend_count; each has the answer that it got."""
    peer.script = [DOWN, Reply(disconnect=True), Reply()]
    with trace_session(_session(_retries())) as session, capture_spans() as spans, tracing.start_span("outer") as outer:
        assert session.post(peer.url, data=b"x").status_code == 200
    attempts = [dict(span.attributes or {}) for span in spans[:-1]]
    assert [span.parent_span_id for span in spans[:-1]] == [outer.span_id] * 3
    assert [attributes.get("http.request.resend_count") for attributes in attempts] == [None, 1, 2]
    assert [attributes.get("http.response.status_code") for attributes in attempts] == [503, None, 200]
    assert [attributes.get("error.type") for attributes in attempts] == [
        "503",
        "urllib3.exceptions.ProtocolError",
        None,
    ]
    assert [span.status_code for span in spans[:-1]] == [2, 2, 0]


def test_every_attempt_shows_its_own_span(peer: HttpPeer) -> None:
    """A server that is asked twice becomes the child of two spans, whatever urllib3 does with the headers."""
    peer.script = [DOWN, DOWN, Reply()]
    with trace_session(_session(_retries())) as session, capture_spans() as spans, tracing.start_span("outer"):
        response = session.get(peer.url, headers={"X-Own": "1"})
    assert [request.header("traceparent") for request in peer.received] == [
        f"00-{span.trace_id}-{span.span_id}-03" for span in spans[:-1]
    ]
    assert [request.header("x-own") for request in peer.received] == ["1"] * 3
    assert "traceparent" not in response.request.headers


def test_attempts_that_are_used_up_all_have_their_status(peer: HttpPeer) -> None:
    """The caller gets requests' RetryError, and the last span the answer that was one too many."""
    peer.script = [DOWN] * 3
    with (
        trace_session(_session(_retries(total=2))) as session,
        capture_spans() as spans,
        pytest.raises(requests.exceptions.RetryError),
    ):
        session.get(peer.url)
    assert [(span.attributes or {})["http.response.status_code"] for span in spans] == [503] * 3
    assert not tracing.current_span().is_recording()


def test_the_last_answer_may_be_returned_instead(peer: HttpPeer) -> None:
    """raise_on_status=False is respected, and the last attempt is one span."""
    peer.script = [DOWN] * 3
    with trace_session(_session(_retries(total=2, raise_on_status=False))) as session, capture_spans() as spans:
        assert session.get(peer.url).status_code == 503
    assert len(spans) == len(peer.received) == 3


def test_connections_that_are_refused_are_attempts(peer: HttpPeer) -> None:
    """Three attempts, three errors, one exception of requests."""
    with HttpPeer() as gone:
        pass
    with (
        trace_session(_session(_retries(total=2))) as session,
        capture_spans() as spans,
        pytest.raises(requests.ConnectionError),
    ):
        session.get(gone.url)
    assert [span.status_code for span in spans] == [2] * 3
    assert [(span.attributes or {}).get("http.request.resend_count") for span in spans] == [None, 1, 2]


@pytest.mark.parametrize(
    ("settings", "script"),
    [
        ({"total": 2}, [DOWN] * 3),
        ({"total": 2, "allowed_methods": ["GET"]}, [DOWN]),
        ({"total": 5, "status": 1}, [DOWN] * 2),
        ({"total": False}, [DOWN]),
        ({"total": 1}, [Reply(503, [("Retry-After", "0")])] * 2),
        ({"total": None, "read": 1}, [Reply(disconnect=True)] * 2),
        ({"total": 3, "read": False}, [Reply(disconnect=True)]),
    ],
    ids=["total", "method", "status", "disabled", "Retry-After", "read", "read disabled"],
)
def test_decisions_are_those_of_urllib3(peer: HttpPeer, settings: dict[str, Any], script: list[Reply]) -> None:
    """As many attempts, and the same outcome, as an untraced session has."""
    outcomes: list[Any] = []
    for trace in (lambda session: session, trace_session):
        peer.received.clear()
        peer.script = list(script)
        with trace(_session(_retries(**settings))) as session, capture_spans():
            try:
                outcomes.append((session.post(peer.url).status_code, len(peer.received)))
            except requests.RequestException as error:
                outcomes.append((type(error), len(peer.received)))
    assert outcomes[0] == outcomes[1]
    assert outcomes[1][1] == len(script)


class _Counting(Retry):
    """Retries as applications write them, with a constructor of their own."""

    def __init__(self, *arguments: Any, own: str = "default", **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.own = own

    def new(self, **changes: Any) -> _Counting:
        changed = super().new(**changes)
        changed.own = self.own
        return changed


def test_retries_of_the_application_keep_what_they_have(peer: HttpPeer) -> None:
    """A subclass with state is mixed with ours, not replaced."""
    peer.script = [DOWN, Reply()]
    retries = _Counting(total=2, status_forcelist=[503], own="mine")
    with trace_session(_session(retries)) as session, capture_spans() as spans:
        response = session.get(peer.url)
    left: Any = response.raw.retries
    assert isinstance(left, _Counting)
    assert (left.own, left.total, [step.status for step in left.history]) == ("mine", 1, [503])
    assert type(retries) is _Counting
    assert len(spans) == 2


def test_an_adapter_that_retries_stays_as_it_was(peer: HttpPeer) -> None:
    """One request leaves neither retries nor pools behind in the adapter of the application."""
    session = _session(_retries())
    adapter: Any = session.get_adapter(peer.url)
    before = dict(vars(adapter))
    peer.script = [DOWN, Reply()]
    with trace_session(session), capture_spans():
        session.get(peer.url)
        session.get(peer.url)
    assert vars(adapter) == before
    assert type(adapter.max_retries) is Retry
    assert len({request.client for request in peer.received}) == 1
