"""Whose trace a WSGI request continues, and that nothing of a stranger's reaches the application or another server."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

import tracing_facade as tracing
from tests.support.wsgi_calls import PLAIN, Exchange, answering, call, request
from tracing_facade.config import TrustGrant
from tracing_facade.servers.wsgi import Environ, TracingMiddleware
from tracing_facade.testing import capture_spans
from tracing_facade.trust import Caller, Trust, TrustRule, trust_everyone, trust_nobody

TRACE_ID, SPAN_ID = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
SENT = {
    "HTTP_TRACEPARENT": f"00-{TRACE_ID}-{SPAN_ID}-01",
    "HTTP_TRACESTATE": "vendor=1",
    "HTTP_BAGGAGE": "user=evil",
}


@contextmanager
def _off() -> Iterator[list[Any]]:
    yield []


MODES: dict[str, Callable[[], AbstractContextManager[list[Any]]]] = {
    "sampled": capture_spans,
    "unsampled": lambda: capture_spans(tracing.TracingConfiguration(sampling_rate_per_million=0)),
    "off": _off,
}


class Recording:
    """An application that keeps what it was given and what it would send on, at every step of its answer."""

    def __init__(self) -> None:
        self.environ: Environ = {}
        self.forwarded: list[dict[str, str]] = []

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.environ = dict(environ)
        self._forward()
        start_response("200 OK", PLAIN)
        return self._body()

    def _body(self) -> Iterator[bytes]:
        self._forward()
        yield b"ok"

    def _forward(self) -> None:
        headers: dict[str, str] = {}
        tracing.inject(headers)
        self.forwarded.append(headers)


@pytest.mark.parametrize("mode", MODES.values(), ids=MODES.keys())
@pytest.mark.parametrize(
    "rule", [None, trust_nobody, lambda caller: Trust.FORCE], ids=["default", "nobody", "force only"]
)
def test_nothing_of_a_strangers_stays(mode: Callable[[], AbstractContextManager[Any]], rule: TrustRule | None) -> None:
    """No header in the environment, no identifier in what is sent on, no traceresponse; whatever tracing does."""
    app = Recording()
    with mode():
        exchange, _ = call(TracingMiddleware(app, trust=rule), request(**SENT))
    assert not set(SENT) & set(app.environ)
    for text in (TRACE_ID, SPAN_ID, "vendor", "evil"):
        assert text not in repr(app.forwarded)
    assert exchange.header("traceresponse") is None


@pytest.mark.parametrize("mode", MODES.values(), ids=MODES.keys())
@pytest.mark.parametrize(
    "sent", [{"HTTP_TRACESTATE": "a=1"}, {"HTTP_BAGGAGE": "a=1"}, {"HTTP_TRACEPARENT": "nonsense"}], ids=str
)
def test_a_part_of_the_headers_is_removed_too(
    mode: Callable[[], AbstractContextManager[Any]], sent: dict[str, str]
) -> None:
    """Each header is removed on its own, valid or not."""
    app = Recording()
    with mode():
        call(TracingMiddleware(app), request(**sent))
    assert not set(SENT) & set(app.environ)
    assert "a=1" not in repr(app.forwarded)


def test_a_stranger_starts_a_new_trace_with_a_link() -> None:
    """The link keeps the connection for readers, without the stranger's tracestate."""
    with capture_spans() as spans:
        call(TracingMiddleware(answering()), request(**SENT))
    (span,) = spans
    assert (span.trace_id != TRACE_ID, span.parent_span_id) == (True, "")
    (link,) = list(span.links or ())
    assert (link.trace_id, link.span_id, link.tracestate) == (TRACE_ID, SPAN_ID, "")


def test_a_trusted_caller_is_continued() -> None:
    """Child of his span; his tracestate and baggage go on; the environment keeps its headers."""
    app = Recording()
    with capture_spans() as spans:
        exchange, _ = call(TracingMiddleware(app, trust=trust_everyone), request(**SENT))
    (span,) = spans
    assert (span.trace_id, span.parent_span_id, span.links) == (TRACE_ID, SPAN_ID, None)
    expected = {
        "traceparent": f"00-{TRACE_ID}-{span.span_id}-01",
        "tracestate": "vendor=1",
        "baggage": "user=evil",
    }
    assert app.forwarded == [expected, expected]
    assert set(SENT) <= set(app.environ)
    assert exchange.header("traceresponse") == f"00-{TRACE_ID}-{span.span_id}-01"


def test_a_trusted_callers_refusal_to_sample_is_kept() -> None:
    """Parent-based sampling: no span, and the answer says so."""
    app = Recording()
    unsampled = {**SENT, "HTTP_TRACEPARENT": f"00-{TRACE_ID}-{SPAN_ID}-00"}
    with capture_spans() as spans:
        exchange, _ = call(TracingMiddleware(app, trust=trust_everyone), request(**unsampled))
    assert spans == []
    assert all(headers["traceparent"].startswith(f"00-{TRACE_ID}-") for headers in app.forwarded)
    assert all(headers["traceparent"].endswith("-00") for headers in app.forwarded)
    assert (exchange.header("traceresponse") or "").endswith("-00")


def test_while_tracing_is_off_a_trusted_callers_context_passes_unchanged() -> None:
    """The caller sees his own span id and no sampled flag in the answer: nothing was recorded here."""
    app = Recording()
    sent = {**SENT, "HTTP_TRACEPARENT": f"00-{TRACE_ID}-{SPAN_ID}-03"}
    exchange, _ = call(TracingMiddleware(app, trust=trust_everyone), request(**sent))
    expected = {
        "traceparent": f"00-{TRACE_ID}-{SPAN_ID}-03",
        "tracestate": "vendor=1",
        "baggage": "user=evil",
    }
    assert app.forwarded == [expected, expected]
    assert exchange.header("traceresponse") == f"00-{TRACE_ID}-{SPAN_ID}-02"


def test_without_a_valid_traceparent_a_trusted_caller_gets_a_new_trace() -> None:
    """His baggage is used, and nothing of what he sent wrongly."""
    app = Recording()
    sent = {**SENT, "HTTP_TRACEPARENT": f"ff-{TRACE_ID}-{SPAN_ID}-01"}
    with capture_spans() as spans:
        exchange, _ = call(TracingMiddleware(app, trust=trust_everyone), request(**sent))
    (span,) = spans
    assert (span.trace_id != TRACE_ID, span.parent_span_id, span.links) == (True, "", None)
    assert app.forwarded[0] == {"traceparent": f"00-{span.trace_id}-{span.span_id}-03", "baggage": "user=evil"}
    assert exchange.header("traceresponse") is None


def test_the_rule_is_asked_with_the_authenticated_user_and_the_hop() -> None:
    """What authentication put into the environment goes before REMOTE_USER; the address is the peer's. Of one who
    sends nothing it is not asked."""
    asked: list[Caller] = []

    def rule(caller: Caller) -> Trust:
        asked.append(caller)
        return Trust.NOTHING

    app = TracingMiddleware(answering(), trust=rule)
    call(app, request(**SENT, REMOTE_USER="remote", REMOTE_ADDR="192.0.2.7"))
    identity = {"tracing_facade.user": "u", "tracing_facade.groups": ["a", "b"]}
    call(app, request(REMOTE_USER="remote", HTTP_BAGGAGE="a=b", **identity))
    call(app, request(HTTP_TRACESTATE="a=b", **{"tracing_facade.groups": "single"}))
    call(app, request(REMOTE_USER="remote"))  # sends nothing that could be trusted
    assert asked == [
        Caller("remote", (), "192.0.2.7"),
        Caller("u", ("a", "b"), "127.0.0.1"),
        Caller(None, ("single",), "127.0.0.1"),
    ]


def test_the_configuration_decides_unless_the_middleware_does() -> None:
    """`trust` in the configuration is for every middleware that has no rule of its own."""
    configuration = tracing.TracingConfiguration(trust=(TrustGrant(groups=("system:masters",)),))
    master = request(**SENT, **{"tracing_facade.groups": ["system:masters"]})
    with capture_spans(configuration) as spans:
        call(TracingMiddleware(answering()), dict(master))
        call(TracingMiddleware(answering()), request(**SENT))
        call(TracingMiddleware(answering(), trust=trust_nobody), dict(master))
    assert [span.parent_span_id for span in spans] == [SPAN_ID, "", ""]


def _failing(caller: Caller) -> Trust:
    raise RuntimeError("no database")


@pytest.mark.parametrize("rule", [_failing, lambda caller: True, lambda caller: None], ids=["raises", "True", "None"])
def test_a_rule_that_fails_trusts_nobody(rule: Any) -> None:
    """A broken rule is a stranger's door that stays shut."""
    app = Recording()
    with capture_spans() as spans:
        exchange, body = call(TracingMiddleware(app, trust=rule), request(**SENT))
    assert (exchange.status, body, spans[0].parent_span_id) == ("200 OK", b"ok", "")
    assert not set(SENT) & set(app.environ)


def test_baggage_of_one_request_is_gone_in_the_next() -> None:
    """Neither a finished nor an abandoned request leaves its context in the thread."""
    first, second = Recording(), Recording()
    with capture_spans():
        with Exchange(TracingMiddleware(first, trust=trust_everyone), request(**SENT)) as exchange:
            next(iter(exchange))
        call(TracingMiddleware(second), request())
    assert "baggage" in first.forwarded[0]
    assert all("baggage" not in headers for headers in second.forwarded)
