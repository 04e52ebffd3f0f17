"""All numbers at one moment, while a real collector takes spans or does not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

import tracing_facade as tracing
from tests.support.collector import UNAVAILABLE, Collector
from tests.support.exporting import configuration_for
from tests.tracing_facade._engine.conftest import engine_name
from tracing_facade.policy import Policy
from tracing_facade.selfmetrics import snapshot

__all__ = ["engine_name"]


@pytest.fixture
def collector() -> Iterator[Collector]:
    """Return a collector."""
    with Collector() as running:
        yield running


def _grown(name: str, before: Any) -> dict[str, int]:
    now, then = snapshot().by_reason(name), before.by_reason(name)
    return {reason: amount - then.get(reason, 0) for reason, amount in now.items() if amount != then.get(reason, 0)}


def test_the_way_of_spans_is_counted(collector: Collector, engine_name: str) -> None:
    """Started, sampled, ended and exported; how long the export took, and when it last succeeded."""
    before = snapshot()
    began = time.time()
    with tracing.configure(configuration_for(collector, "http/protobuf")) as handle:
        assert snapshot().engine == engine_name
        for _ in range(3):
            with tracing.start_span("outer"), tracing.start_span("inner"):
                pass
        with tracing.start_span("still open"):
            assert handle.flush()
            assert {
                name: _grown(name, before)
                for name in ("traces_started", "spans_started", "spans_sampled", "spans_ended", "spans_exported")
            } == {
                "traces_started": {"sampled": 4},
                "spans_started": {"": 7},
                "spans_sampled": {"": 7},
                "spans_ended": {"": 6},
                "spans_exported": {"": 6},
            }
            now = snapshot()
    assert now.export_durations.count > before.export_durations.count
    assert now.export_durations.seconds > before.export_durations.seconds
    assert began <= now.last_success <= time.time()
    assert snapshot().engine == ""


def test_traces_that_are_not_sampled(collector: Collector) -> None:
    """Their spans neither record nor count, unless they are watched for slowness."""
    before = snapshot()
    slow = tracing.SpanSpec("slow", slow_after=10.0)
    with tracing.configure(configuration_for(collector, "http/protobuf", sampling_rate_per_million=0)):
        for span in ("quick", "quick", slow):
            with tracing.start_span(span):
                pass
    assert _grown("traces_started", before) == {"not_sampled": 3}
    assert (_grown("spans_started", before), _grown("spans_sampled", before)) == ({"": 1}, {})
    assert _grown("spans_ended", before) == {"": 1}


def test_what_waits_and_what_fails(collector: Collector) -> None:
    """A collector that takes nothing: the queue grows, failures are counted by kind, and no success is claimed."""
    before = snapshot()
    collector.behaviour = UNAVAILABLE
    settings = configuration_for(collector, "http/protobuf", queue_size=10)
    with tracing.configure(settings) as handle:
        for _ in range(4):
            with tracing.start_span("waiting"):
                pass
        assert not handle.flush(0.3)
        now = snapshot()
        assert (now.queue_size, now.queue_capacity) == (4, 10)
        assert _grown("export_failures", before).keys() == {"http_503"}
        assert now.last_success == before.last_success
        collector.behaviour = type(UNAVAILABLE)()
    assert (snapshot().queue_size, snapshot().queue_capacity) == (0, 0)


def test_what_the_policy_refuses(collector: Collector) -> None:
    """Attributes by the span that does not declare them and by reason, spans by reason."""
    before = snapshot()
    policy = Policy(
        declarations=("tests.tracing_facade.testing.shop_spans",),
        undeclared_spans="drop",
        undeclared_attributes="drop",
    )
    with tracing.configure(configuration_for(collector, "http/protobuf", policy=policy)):
        with tracing.start_span("checkout", {"order.items": "two", "order.colour": "red"}):
            pass
        with tracing.start_span("nobody declared this"):
            pass
    assert _grown("attributes_refused", before) == {"checkout: type": 1, "checkout: undeclared": 1}
    assert _grown("spans_refused", before) == {"undeclared": 1}
    assert snapshot().total("spans_refused") == before.total("spans_refused") + 1
