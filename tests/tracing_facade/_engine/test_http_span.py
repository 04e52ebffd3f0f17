"""The recorded span of a request: its attributes are made when somebody asks, by whichever thread that is."""

from __future__ import annotations

from typing import Any

from tracing_facade._engine.http_span import HttpSpan
from tracing_facade._engine.shape import Shape
from tracing_facade._engine.trace import SAMPLED, Trace


def _span() -> HttpSpan:
    return HttpSpan().begin(lambda _span: None, Shape("GET", 2), Trace(1, SAMPLED), 0, None)


def test_an_attribute_is_not_lost_when_two_threads_ask_first() -> None:
    """What one thread sets while another derives the attributes is there afterwards."""
    span = _span()
    interrupted = False

    def derive(_given: tuple[Any, ...]) -> dict[str, Any]:
        nonlocal interrupted
        if not interrupted:
            interrupted = True
            span.set_attribute("set", "meanwhile")  # as another thread would
        return {"derived": True}

    span.begin_with_request(derive, ())
    assert span.attributes == {"derived": True, "set": "meanwhile"}
    assert span.attributes == {"derived": True, "set": "meanwhile"}


def test_an_answer_is_not_lost_while_attributes_are_derived() -> None:
    """The request may end while another of its threads is the first to set an attribute."""
    span = _span()

    def derive(_given: tuple[Any, ...]) -> dict[str, Any]:
        span.answer("/things/{id}", 200)  # as another thread would
        return {}

    span.begin_with_request(derive, ())
    assert span.attributes == {"http.route": "/things/{id}", "http.response.status_code": 200}
