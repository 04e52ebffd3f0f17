"""Requests of classes of the application, whatever these keep where."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

import tracing_facade as tracing
from tracing_facade import selfmetrics
from tracing_facade.clients.requests_adapter import TracedAdapter
from tracing_facade.testing import capture_spans


class Plain(requests.PreparedRequest):
    """Keeps everything in its dict."""

    tenant: str


class Slotted(requests.PreparedRequest):
    """Keeps one value in a slot, as classes do that are made often, and one that nobody else is to see."""

    __slots__ = ("__secret", "tenant")

    def keep(self, secret: str) -> None:
        """Remember a secret."""
        self.__secret = secret

    def kept(self) -> str:
        """Return the secret."""
        return self.__secret


class BelowSlotted(Slotted):
    """Has slots through its parent only."""


class AllInSlots(requests.PreparedRequest):
    """Has even the headers and the URL in slots."""

    __slots__ = ("body", "headers", "method", "tenant", "url")


class WithoutDict:
    """A request of one's own, without a dict at all."""

    __slots__ = ("headers", "method", "tenant", "url")


class _Reading(BaseAdapter):
    """Reads and changes what the application's class has, besides a header."""

    def __init__(self) -> None:
        super().__init__()
        self.copies: list[Any] = []

    def send(self, request: Any, *_arguments: Any, **_options: Any) -> requests.Response:
        self.sent = (type(request).__name__, request.tenant, request.headers.get("traceparent"))
        self.copies = [copy.copy(request), copy.deepcopy(request), pickle.loads(pickle.dumps(request))]
        request.tenant = "changed"
        request.url = "http://localhost/changed"
        request.headers["X-Added"] = "1"
        if isinstance(request, Slotted):
            request.keep(request.kept() + "!")
        response = requests.Response()
        response.status_code = 200
        response.request = request
        return response

    def close(self) -> None:
        """Hold nothing."""


KINDS = [Plain, Slotted, BelowSlotted, AllInSlots, WithoutDict]


def _request(kind: Any) -> Any:
    request = kind()
    request.method, request.url = "GET", "http://localhost/first"
    request.headers = CaseInsensitiveDict({"A": "a"})
    request.tenant = "shop"
    if isinstance(request, Slotted):
        request.keep("secret")
    return request


@pytest.mark.parametrize("kind", KINDS)
def test_an_adapter_finds_and_changes_what_a_class_of_requests_adds(kind: Any) -> None:
    """Wherever its values are, they are read from the request that was given and written to it."""
    request, adapter = _request(kind), _Reading()
    faults = selfmetrics.COUNTERS.total("internal_faults")
    with capture_spans() as spans, tracing.start_span("outer") as outer:
        response = TracedAdapter(adapter).send(request)
    span, _ = spans
    assert adapter.sent == (kind.__name__, "shop", f"00-{outer.trace_id}-{span.span_id}-03")
    assert dict(span.attributes or {})["url.full"] == "http://localhost/first"
    assert (response.request is request, request.tenant, request.url) == (True, "changed", "http://localhost/changed")
    assert dict(request.headers) == {"A": "a", "X-Added": "1"}
    if isinstance(request, Slotted):
        assert request.kept() == "secret!"
    assert selfmetrics.COUNTERS.total("internal_faults") == faults


@pytest.mark.parametrize("kind", KINDS)
def test_an_adapter_may_copy_and_pickle_it(kind: Any) -> None:
    """What comes out is a request of the application's class, with all of its values."""
    adapter = _Reading()
    with capture_spans(), tracing.start_span("outer"):
        TracedAdapter(adapter).send(_request(kind))
    for made in adapter.copies:
        assert type(made) is kind
        assert (made.tenant, made.url, made.headers["A"]) == ("shop", "http://localhost/first", "a")
        if isinstance(made, Slotted):
            assert made.kept() == "secret"


@pytest.mark.parametrize("kind", [Slotted, AllInSlots, WithoutDict])
def test_a_slot_without_a_value_stays_one(kind: Any) -> None:
    """An adapter that asks for it gets the error that it would get without tracing, and may delete one."""

    class Deleting(_Reading):
        def send(self, request: Any, *_arguments: Any, **_options: Any) -> Any:
            del request.tenant
            assert not hasattr(request, "tenant")
            return "sent"

    request = _request(kind)
    with capture_spans():
        assert TracedAdapter(Deleting()).send(request) == "sent"
    assert not hasattr(request, "tenant")


@pytest.mark.parametrize("kind", KINDS)
def test_headers_that_an_adapter_replaces_reach_it(kind: Any) -> None:
    """Also where they are kept in a slot."""

    class Replacing(_Reading):
        def send(self, request: Any, *_arguments: Any, **_options: Any) -> Any:
            request.headers = {**request.headers, "X-Added": "1"}
            return "sent"

    request = _request(kind)
    with capture_spans(), tracing.start_span("outer"):
        TracedAdapter(Replacing()).send(request)
    assert request.headers == {"A": "a", "X-Added": "1"}
