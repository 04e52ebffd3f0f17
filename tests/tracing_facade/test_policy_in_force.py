"""A policy from ``configure`` to the collector, on both engines: what it admits, samples, bounds, counts and says."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

import tracing_facade as tracing
from tests.support.collector import Collector
from tests.support.exporting import configuration_for
from tests.support.received_span import ReceivedSpan
from tests.support.wsgi_calls import answering, call, request
from tests.tracing_facade._engine.conftest import engine_name  # noqa: F401  # every test on both engines
from tracing_facade.config import TrustGrant
from tracing_facade.policy import Policy, SamplingRule
from tracing_facade.policy.settings import Level
from tracing_facade.selfmetrics import Snapshot, snapshot
from tracing_facade.servers.wsgi import TracingMiddleware

DECLARATIONS = ("tests.tracing_facade.testing.shop_spans",)
UNSAMPLED_ID, SPAN_ID = "f" * 32, "b7ad6b7169203331"

Received = Callable[[], "list[ReceivedSpan]"]


class Traced:
    """A process under a policy, and the collector that it exports to."""

    def __init__(self, collector: Collector) -> None:
        self.collector = collector
        self.before: Snapshot = snapshot()

    def received(self) -> list[ReceivedSpan]:
        """Return the spans that have arrived, once all have."""
        assert tracing.flush(10.0)
        return self.collector.spans()

    def names(self) -> Counter[str]:
        """Return how many spans of each name have arrived."""
        return Counter(span.name for span in self.received())

    def counted(self, name: str) -> dict[str, int]:
        """Return what has been counted since the beginning, by reason."""
        now, then = snapshot().by_reason(name), self.before.by_reason(name)
        return {key: amount - then.get(key, 0) for key, amount in now.items() if amount != then.get(key, 0)}


@pytest.fixture
def under() -> Iterator[Callable[..., Traced]]:
    """Return a function that configures tracing with a policy; other settings go to the configuration."""
    with Collector() as collector:

        def _under(policy: Policy, **settings: Any) -> Traced:
            traced = Traced(collector)
            tracing.configure(configuration_for(collector, "http/protobuf", policy=policy, **settings))
            return traced

        yield _under
        tracing.shutdown()


def _span(name: str, attributes: dict[str, Any] | None = None, event: str = "") -> None:
    with tracing.start_span(name, attributes) as span:
        if event:
            span.add_event(event)


def _third_party(name: str, attributes: dict[str, Any] | None = None, event: str = "") -> None:
    with trace.get_tracer("some.library").start_as_current_span(name, attributes=attributes) as span:
        if event:
            span.add_event(event)


MAKERS = pytest.mark.parametrize("make", [_span, _third_party], ids=["ours", "third party"])


# Undeclared


@MAKERS
@pytest.mark.parametrize(
    ("level", "arrives", "said"), [("allow", True, 0), ("warn", True, 1), ("drop", False, 0), ("error", False, 1)]
)
def test_undeclared_spans(
    under: Any, make: Any, level: Level, arrives: bool, said: int, caplog: pytest.LogCaptureFixture
) -> None:
    """As the level says: they arrive or not, are counted each time, and are said once."""
    with caplog.at_level(logging.WARNING, "tracing_facade.policy"):
        traced = under(Policy(declarations=DECLARATIONS, undeclared_spans=level))
        for _ in range(3):
            make("nobody.declared")
        make("checkout")
        assert traced.names() == {"checkout": 1, **({"nobody.declared": 3} if arrives else {})}
    counted = {"allow": {}, "warn": {"spans_undeclared": {"undeclared": 3}}}.get(
        level, {"spans_refused": {"undeclared": 3}}
    )
    assert {name: found for name in ("spans_refused", "spans_undeclared") if (found := traced.counted(name))} == counted
    messages = [record for record in caplog.records if "'nobody.declared' is not declared" in record.getMessage()]
    assert [record.levelname for record in messages] == [{"warn": "WARNING"}.get(level, "ERROR")] * said


@MAKERS
@pytest.mark.parametrize(
    ("level", "arrives", "said"), [("allow", True, 0), ("warn", True, 2), ("drop", False, 0), ("error", False, 2)]
)
def test_undeclared_attributes_and_events(
    under: Any, make: Any, level: Level, arrives: bool, said: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Likewise; what is declared always arrives."""
    with caplog.at_level(logging.WARNING, "tracing_facade.policy"):
        traced = under(Policy(declarations=DECLARATIONS, undeclared_attributes=level))
        for number in range(3):
            make("checkout", {"order.items": number, "order.colour": f"red {number}"}, "packed")
        spans = traced.received()
    for number, span in enumerate(spans):
        extra = {"order.colour": f"red {number}"} if arrives else {}
        assert span.attributes == {"order.items": number, **extra}
        assert [event.name for event in span.events] == (["packed"] if arrives else [])
    name = "attributes_undeclared" if level == "warn" else "attributes_refused"
    assert traced.counted(name) == ({} if level == "allow" else {"checkout: undeclared": 6})
    assert len([record for record in caplog.records if "is not declared" in record.getMessage()]) == said


def test_what_is_below_a_span_that_is_not_admitted(under: Any) -> None:
    """It becomes a child of what is above that, in one trace."""
    traced = under(Policy(declarations=DECLARATIONS, undeclared_spans="drop"))
    with tracing.start_span("checkout"), tracing.start_span("undeclared") as hole, tracing.start_span("checkout.pay"):
        assert not hole.is_recording()
    with trace.get_tracer("lib").start_as_current_span("undeclared too"), tracing.start_span("checkout"):
        pass
    pay, check_out, alone = traced.received()
    assert (pay.parent_span_id, check_out.parent_span_id, alone.parent_span_id) == (check_out.span_id, "", "")
    assert len({pay.trace_id, check_out.trace_id, alone.trace_id}) == 2


# Budgets


@MAKERS
def test_spans_per_second(under: Any, make: Any) -> None:
    """As many at once as there are for a second; others of that name are refused and counted, other names are not."""
    traced = under(Policy(spans_per_second={"chatty": 5}))
    for _ in range(200):
        make("chatty")
    for _ in range(20):
        make("quiet")
    names = traced.names()
    assert names["quiet"] == 20
    assert 5 <= names["chatty"] < 100
    assert traced.counted("spans_refused") == {"budget: chatty": 200 - names["chatty"]}


def test_a_budget_of_nothing(under: Any) -> None:
    """Zero turns a span off."""
    traced = under(Policy(spans_per_second={"never": 0}))
    for name in ("never", "always", "never"):
        _span(name)
    assert traced.names() == {"always": 1}


@MAKERS
def test_spans_per_trace(under: Any, make: Any) -> None:
    """A loop in one request costs bounded memory; the trace goes on, and the next one is whole again."""
    traced = under(Policy(max_spans_per_trace=10))
    for _ in range(2):
        with tracing.start_span("request"):
            for _ in range(30):
                make("step")
            assert tracing.current_span().is_recording()
    assert traced.names() == {"request": 2, "step": 18}
    assert traced.counted("spans_refused") == {"trace_too_large": 42}


# Sampling

HEALTH = SamplingRule(routes=("/healthz", "/livez", "/readyz"), rate_per_million=0)


def _serve(*paths: str, groups: tuple[str, ...] = (), **headers: str) -> None:
    application = TracingMiddleware(answering())
    for path in paths:
        call(application, request("GET", path, **{"tracing_facade.groups": groups, **headers}))


def test_health_checks_are_excluded_by_one_line(under: Any) -> None:
    """Everything else is sampled as before."""
    traced = under(Policy(sampling=(HEALTH,)))
    _serve("/healthz", "/orders", "/livez", "/healthz/deep", "/readyz")
    assert [span.attributes["url.path"] for span in traced.received()] == ["/orders", "/healthz/deep"]
    assert traced.counted("traces_started") == {"sampled": 2, "not_sampled": 3}


def test_spans_inside_of_a_request_that_is_excluded(under: Any) -> None:
    """They are not recorded either, ours and those of others."""
    traced = under(Policy(sampling=(HEALTH,)))

    def app(environ: Any, start_response: Any) -> list[bytes]:
        _span("inner")
        _third_party("theirs")
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"ok"]

    for path in ("/healthz", "/orders"):
        call(TracingMiddleware(app), request("GET", path))
    assert sorted(traced.names()) == ["GET", "inner", "theirs"]


def test_rules_by_route(under: Any) -> None:
    """The first that matches decides, whatever the rate for the rest."""
    rules = (
        SamplingRule(routes=("/orders/*",), rate_per_million=1_000_000),
        SamplingRule(routes=("/orders*",), rate_per_million=0),
    )
    traced = under(Policy(sampling=rules), sampling_rate_per_million=0)
    _serve("/orders/1", "/orders", "/other")
    assert [span.attributes["url.path"] for span in traced.received()] == ["/orders/1"]


def test_rules_by_group(under: Any) -> None:
    """Of the authenticated user."""
    rules = (SamplingRule(groups=("testers",), rate_per_million=1_000_000), SamplingRule(rate_per_million=0))
    traced = under(Policy(sampling=rules))
    _serve("/a", groups=("users", "testers"))
    _serve("/b", groups=("users",))
    _serve("/c")
    assert [span.attributes["url.path"] for span in traced.received()] == ["/a"]


@MAKERS
def test_rules_by_span(under: Any, make: Any) -> None:
    """For traces that begin without a request; what is below belongs to them."""
    rules = (SamplingRule(spans=("job.*",), rate_per_million=0),)
    traced = under(Policy(sampling=rules))
    make("job.clean")
    make("work")
    with tracing.start_span("outer"):
        make("job.inner")
    assert traced.names() == {"work": 1, "outer": 1, "job.inner": 1}


def test_so_many_traces_per_second(under: Any) -> None:
    """A reservoir instead of a rate: quiet routes are seen, busy ones do not flood."""
    traced = under(Policy(sampling=(SamplingRule(routes=("/busy",), per_second=5),)))
    _serve(*["/busy"] * 100, "/quiet")
    paths = Counter(span.attributes["url.path"] for span in traced.received())
    assert paths["/quiet"] == 1
    assert 5 <= paths["/busy"] < 60


# Forced sampling

FORCING = TrustGrant(groups=("operators",), join=True, force=True)


def _forced(user: str, times: int) -> None:
    application = TracingMiddleware(answering())
    for _ in range(times):
        # The sampler decides by the lower 64 bits; with all of them set it never samples.
        sent = f"00-{UNSAMPLED_ID}-{SPAN_ID}-01"
        entries = {"tracing_facade.user": user, "tracing_facade.groups": ("operators",), "HTTP_TRACEPARENT": sent}
        call(application, request("GET", "/orders", **entries))


def test_forced_traces_are_limited_for_each_caller(under: Any) -> None:
    """Who asks too often joins without being recorded; others are not affected."""
    traced = under(Policy(forced_per_second=3), trust=(FORCING,), sampling_rate_per_million=1)
    _forced("jane", 50)
    of_jane = len(traced.received())
    _forced("joe", 2)
    assert 3 <= of_jane < 40
    assert len(traced.received()) == of_jane + 2
    assert traced.counted("traces_forced") == {"": of_jane + 2}
    assert traced.counted("traces_forced_refused") == {"budget": 50 - of_jane}


def test_forced_traces_are_audited(under: Any, caplog: pytest.LogCaptureFixture) -> None:
    """In a log of their own: who, and which trace."""
    with caplog.at_level(logging.INFO, "tracing_facade.audit"):
        traced = under(Policy(), trust=(FORCING,), sampling_rate_per_million=1)
        _forced("jane", 1)
        assert len(traced.received()) == 1
    (record,) = [record for record in caplog.records if record.name == "tracing_facade.audit"]
    assert record.getMessage() == f"the trace {UNSAMPLED_ID} is recorded because 'jane' asks for it"


def test_what_the_sampler_records_anyway_is_not_forced(under: Any, caplog: pytest.LogCaptureFixture) -> None:
    """It costs nobody's budget and is no matter for the audit."""
    with caplog.at_level(logging.INFO, "tracing_facade.audit"):
        traced = under(Policy(forced_per_second=0), trust=(FORCING,))
        _forced("jane", 3)
        assert len(traced.received()) == 3
    assert traced.counted("traces_forced") == {}
    assert not [record for record in caplog.records if record.name == "tracing_facade.audit"]


# Large spans


def _spans_in(payloads: list[bytes]) -> list[Any]:
    return [
        span
        for payload in payloads
        for resource in ExportTraceServiceRequest.FromString(payload).resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


@MAKERS
@pytest.mark.parametrize("size", [1_000, 100_000, 1_000_000], ids=["small", "large", "huge"])
def test_of_a_span_that_is_too_large_little_is_sent(under: Any, make: Any, size: int) -> None:
    """Identity, name, kind, times and status, and how much there was of the rest, by OTLP's own fields."""
    traced = under(Policy(max_span_bytes=500, max_value_length=2_000_000, undeclared_attributes="allow"))
    make("large", {"text": "x" * size, "more": 1}, "event")
    make("usual", {"more": 1})
    large, usual = traced.received()
    assert (large.name, large.attributes, large.events) == ("large", {}, ())
    assert 0 < large.start_ns <= large.end_ns
    assert len(large.span_id) == len(usual.span_id) == 16
    assert usual.attributes == {"more": 1}
    assert traced.counted("spans_truncated") == {"": 1}
    sent = next(span for span in _spans_in(traced.collector.payloads) if span.name == "large")
    assert (sent.dropped_attributes_count, sent.dropped_events_count) == (2, 1)
    assert sent.ByteSize() < 200


def test_a_large_span_keeps_its_place_and_its_status(under: Any) -> None:
    """Whoever looks at the trace sees that it was there, and that it failed."""
    traced = under(Policy(max_span_bytes=300))
    with (
        tracing.start_span("outer"),
        tracing.start_span(tracing.SpanSpec("inner", kind=tracing.SpanKind.CLIENT)) as span,
    ):
        span.set_attribute("text", "x" * 400)
        span.set_status(False)
    inner, outer = traced.received()
    assert (inner.parent_span_id, inner.kind, inner.status_code, inner.attributes) == (outer.span_id, 3, 2, {})
    assert inner.flags & 1


def test_the_size_that_counts_is_that_of_what_would_be_sent(under: Any) -> None:
    """After the policy has shortened or left out what it does."""
    traced = under(Policy(max_span_bytes=400, max_value_length=50))
    _span("cut", {"text": "x" * 5_000})
    (span,) = traced.received()
    assert span.attributes == {"text": "x" * 50}
    assert traced.counted("spans_truncated") == {}
