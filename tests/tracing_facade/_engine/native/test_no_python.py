"""A usual request goes through native code: what comes back to Python would cost as much as the rest of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import tracing_facade as tracing
from tests.support.wsgi_calls import request
from tracing_facade._enforcement import build_enforcer
from tracing_facade._engine import engine
from tracing_facade._facade import replace_runtime
from tracing_facade._runtime import Runtime
from tracing_facade.servers.wsgi import TracingMiddleware, earlier_span
from tracing_facade.trust import Caller, Trust

HOME = str(Path(tracing.__file__).parent)
AUTHENTICATION = tracing.SpanSpec("shop.authenticate")
HANDLER = tracing.SpanSpec("shop.handle", slow_after=60.0)
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.mark.parametrize(
    ("rate", "sent"),
    [
        (1_000_000, {}),
        (1_000_000, {"HTTP_TRACEPARENT": PARENT}),
        (0, {}),
        (0, {"HTTP_TRACEPARENT": PARENT}),
        (None, {}),
    ],
    ids=["sampled", "sampled and continued", "unsampled", "unsampled and continued", "off"],
)
def test_a_request_runs_no_python_code_of_the_facade(rate: int | None, sent: dict[str, str]) -> None:
    """Neither for an earlier span, a rule, a route and a body that streams, nor for spans, attributes and events."""
    application = TracingMiddleware(_answer, trust=_trust, route=lambda environ: "/things/{id}")
    with engine.forced(engine.NATIVE):
        replaced = replace_runtime(Runtime() if rate is None else _runtime(rate))
    try:
        for _ in range(3):
            seen = _functions_called(lambda: _serve(application, request(**sent)))
    finally:
        replace_runtime(replaced)
    # While tracing is off the current span is the pure engine's, whose methods do nothing.
    assert seen - {"set_attribute"} == {"earlier_span"}
    assert rate is None or "set_attribute" not in seen


def _runtime(rate: int) -> Runtime:
    configuration = tracing.TracingConfiguration(sampling_rate_per_million=rate)
    return Runtime.recording(configuration, engine.new_buffer(100), build_enforcer(configuration.policy))


def _trust(caller: Caller) -> Trust:
    return Trust.JOIN


def _serve(application: Callable[..., Iterable[bytes]], environ: dict[str, Any]) -> None:
    with earlier_span(environ, AUTHENTICATION) as attributes:
        attributes["user"] = "u"
    for _ in application(environ, lambda *_: None):
        pass


def _answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    tracing.current_span().set_attribute("order.id", "a7f3")
    with tracing.start_span(HANDLER) as span:
        span.set_attributes({"order.items": 3, "order.paid": True})
        span.add_event("checked")
        with tracing.start_span("shop.store", {"key": "k"}):
            tracing.inject({})
    start_response("200 OK", [])
    return iter([b"ok"])


def _functions_called(work: Callable[[], None]) -> set[str]:
    """Return the names of the facade's Python functions that run meanwhile."""
    names: set[str] = set()

    def note(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(HOME):
            names.add(frame.f_code.co_name)

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return names
