"""What becomes of headers that an adapter puts in the place of all that there were."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPHeaderDict
from urllib3.util.retry import Retry

import tracing_facade as tracing
from tests.support.http_peer import HttpPeer, Reply
from tracing_facade.clients.requests_adapter import TracedAdapter, trace_session
from tracing_facade.testing import capture_spans

Replace = Callable[[Any], Any]


class _Replacing(BaseAdapter):
    """Puts new headers in the place of all those of the request, sends them nowhere, and notes what it would send."""

    def __init__(self, replace: Replace) -> None:
        super().__init__()
        self._replace = replace
        self.sent: Any = None
        self.shown: dict[Any, Any] = {}

    def send(self, request: Any, *_arguments: Any, **_options: Any) -> requests.Response:
        request.headers = self.sent = self._replace(request.headers)
        self.shown = dict(request.headers or {})
        response = requests.Response()
        response.status_code = 200
        return response

    def close(self) -> None:
        """Hold nothing."""


def _sent(replace: Replace, given: Any, host: str = "localhost") -> tuple[requests.PreparedRequest, _Replacing]:
    adapter = _Replacing(replace)
    prepared = requests.Request("GET", f"http://{host}/").prepare()
    prepared.headers = given
    with capture_spans(), tracing.start_span("outer"):
        TracedAdapter(adapter).send(prepared)
    return prepared, adapter


def _immutable(headers: Any) -> Any:
    return types.MappingProxyType({**headers, "X-Added": "1"})


MADE_OF_OURS: dict[str, Replace] = {
    "dict": lambda headers: {**headers, "X-Added": "1"},
    "upper case": lambda headers: {**{name.upper(): value for name, value in headers.items()}, "X-Added": "1"},
    "case-insensitive": lambda headers: CaseInsensitiveDict({**headers, "X-Added": "1"}),
    "urllib3": lambda headers: HTTPHeaderDict({**headers, "X-Added": "1"}),
    "immutable": _immutable,
}


@pytest.mark.parametrize("replace", MADE_OF_OURS.values(), ids=MADE_OF_OURS.keys())
@pytest.mark.parametrize("given", [{}, {"A": "a"}], ids=["none", "one"])
@pytest.mark.parametrize("kind", [dict, CaseInsensitiveDict])
def test_headers_made_of_the_sent_ones_come_back_without_context(replace: Replace, given: Any, kind: Any) -> None:
    """The caller sees the adapter's headers as without tracing; the context was in what was sent."""
    prepared, adapter = _sent(replace, kind(given))
    assert any(name.lower() == "traceparent" for name in adapter.shown)
    assert {name.lower(): value for name, value in prepared.headers.items()} == {
        **{name.lower(): value for name, value in given.items()},
        "x-added": "1",
    }


def test_a_mutable_replacement_is_handed_back_itself() -> None:
    """An adapter may hold on to the object that it set."""
    prepared, adapter = _sent(lambda headers: {**headers, "X-Added": "1"}, CaseInsensitiveDict({"A": "a"}))
    assert prepared.headers is adapter.sent


def test_a_copy_of_the_sent_headers_comes_back_as_plain_headers() -> None:
    """No class of ours stays in the request of the application."""

    def copied(headers: Any) -> Any:
        made = headers.copy()
        made["X-Added"] = "1"
        return made

    prepared, adapter = _sent(copied, CaseInsensitiveDict({"A": "a"}))
    assert "traceparent" in adapter.shown
    assert type(prepared.headers) is CaseInsensitiveDict
    assert dict(prepared.headers) == {"A": "a", "X-Added": "1"}


@pytest.mark.parametrize(
    "left", [{}, {"X-Own": "1"}, {"traceparent": "another"}, {"X-Odd": 1, 2: "x", "traceparent": b"y"}, None], ids=repr
)
def test_headers_that_have_nothing_of_ours_come_back_as_they_are(left: Any) -> None:
    """Also a trace context that the adapter made itself, and what no server would take."""
    before = None if left is None else dict(left)
    prepared, _ = _sent(lambda _headers: left, CaseInsensitiveDict({"A": "a"}))
    assert prepared.headers is left
    assert left == before


OWN = {"Traceparent": "mine", "Tracestate": "foreign=1"}


def test_context_of_the_caller_stays_where_ours_was_shown() -> None:
    """What was sent instead of it is not what the application finds afterwards."""
    prepared, adapter = _sent(lambda headers: {**headers, "X-Added": "1"}, CaseInsensitiveDict(OWN))
    assert adapter.shown["traceparent"] != "mine"
    assert prepared.headers == {"traceparent": "mine", "X-Added": "1"}


@pytest.mark.parametrize("kind", [dict, CaseInsensitiveDict])
def test_context_of_the_caller_stays_where_ours_may_not_be_shown(kind: Any) -> None:
    """To a host outside of `propagate_to` nothing is ours, so nothing is taken away."""
    prepared, adapter = _sent(lambda headers: {**headers, "X-Added": "1"}, kind(OWN), host="api.example")
    assert prepared.headers == adapter.shown == {**OWN, "X-Added": "1"}


class _Merging(HTTPAdapter):
    def add_headers(self, request: Any, **options: Any) -> None:
        request.headers = {**request.headers, "X-Added": "1"}


@pytest.mark.parametrize("attempts", [1, 3])
def test_replaced_headers_are_sent_in_every_attempt_and_handed_back(attempts: int) -> None:
    """The context in them is the first attempt's, and the request keeps none of it."""
    with HttpPeer() as peer, requests.Session() as session:
        session.trust_env = False
        session.mount("http://", _Merging(max_retries=Retry(attempts, status_forcelist=[503], backoff_factor=0)))
        trace_session(session)
        peer.script = [*[Reply(503)] * (attempts - 1), Reply()]
        prepared = session.prepare_request(requests.Request("GET", peer.url))
        before = dict(prepared.headers)
        with capture_spans() as spans, tracing.start_span("outer") as outer:
            response = session.send(prepared)
    assert (response.status_code, response.request is prepared) == (200, True)
    assert [request.header("x-added") for request in peer.received] == ["1"] * attempts
    first = f"00-{outer.trace_id}-{spans[0].span_id}-03"
    assert [request.header("traceparent") for request in peer.received] == [first] * attempts
    assert prepared.headers == {**before, "X-Added": "1"}


def test_replaced_headers_come_back_when_sending_fails() -> None:
    """The application may look at the request of the exception."""

    def fail(headers: Any) -> Any:
        return {**headers, "X-Added": "1"}

    class Failing(_Replacing):
        def send(self, request: Any, *arguments: Any, **options: Any) -> requests.Response:
            super().send(request, *arguments, **options)
            raise requests.ConnectionError(request=request)

    prepared = requests.Request("GET", "http://localhost/").prepare()
    with capture_spans(), tracing.start_span("outer"), pytest.raises(requests.ConnectionError) as raised:
        TracedAdapter(Failing(fail)).send(prepared)
    assert raised.value.request is prepared
    assert prepared.headers == {"X-Added": "1"}
