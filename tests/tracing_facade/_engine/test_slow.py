"""Slow spans: logged with their steps when they took longer than allowed, sampled or not."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

import tracing_facade as tracing
from tracing_facade._engine.slow import SlowWatch
from tracing_facade.testing import capture_spans

ALWAYS = 1e-9
"""Seconds that every span takes longer than."""
NEVER = 3600.0


class Reports(logging.Handler):
    """What the logger of slow spans says."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        assert record.levelno == logging.WARNING
        self.texts.append(record.getMessage())


@pytest.fixture
def reports() -> Iterator[Reports]:
    """Collect the reports of one test."""
    handler = Reports()
    logger = logging.getLogger("tracing_facade.slow")
    logger.addHandler(handler)
    yield handler
    logger.removeHandler(handler)


def _spec(seconds: float | None) -> tracing.SpanSpec:
    return tracing.SpanSpec("slow.work", slow_after=seconds)


@pytest.mark.parametrize("rate", [0, 1_000_000], ids=["unsampled", "sampled"])
def test_a_span_that_took_too_long_is_reported_with_its_steps(reports: Reports, rate: int) -> None:
    """Events and inner spans in the order in which they began, with what they took; the ids find the trace."""
    configuration = tracing.TracingConfiguration(sampling_rate_per_million=rate)
    with capture_spans(configuration) as spans, tracing.start_span(_spec(ALWAYS)) as span:
        span.add_event("began")
        with tracing.start_span("inner") as inner:
            inner.add_event("inside")
            with tracing.start_span("deeper"):
                pass
        span.add_event("ended")
    (text,) = reports.texts
    title, *steps = text.splitlines()
    assert re.fullmatch(
        rf"slow span slow\.work: \d+\.\d ms \(limit 0\.0 ms\) trace_id={span.trace_id} span_id={span.span_id}", title
    )
    assert [re.sub(r"\d+\.\d ms", "T", step).strip() for step in steps] == [
        "+T began",
        "+T inner took T",
        "+T inside",
        "+T deeper took T",
        "+T ended",
    ]
    assert len(spans) == (3 if rate else 0)


@pytest.mark.parametrize("rate", [0, 1_000_000], ids=["unsampled", "sampled"])
@pytest.mark.parametrize("seconds", [NEVER, None], ids=["long", "no limit"])
def test_a_span_within_its_limit_is_not_reported(reports: Reports, seconds: float | None, rate: int) -> None:
    """An ordinary request says nothing, and is recorded as if there were no limit."""
    configuration = tracing.TracingConfiguration(sampling_rate_per_million=rate)
    with capture_spans(configuration) as spans, tracing.start_span(_spec(seconds)):
        pass
    assert reports.texts == []
    assert len(spans) == (1 if rate else 0)


def test_an_unsampled_trace_is_still_passed_on_as_unsampled() -> None:
    """Watching for slowness records nothing that others would miss."""
    with capture_spans(tracing.TracingConfiguration(sampling_rate_per_million=0)) as spans:
        headers: dict[str, str] = {}
        with tracing.start_span(_spec(NEVER)), tracing.start_span("inner"):
            tracing.inject(headers)
    assert headers["traceparent"].endswith("-02")
    assert spans == []


@pytest.mark.parametrize(
    ("declared", "configured", "reported"),
    [(None, ALWAYS, True), (NEVER, ALWAYS, True), (ALWAYS, NEVER, False)],
    ids=["only configured", "configured shorter", "configured longer"],
)
@pytest.mark.parametrize("by_name", [False, True], ids=["by declaration", "by name"])
def test_the_configuration_goes_before_the_declaration(
    reports: Reports, declared: float | None, configured: float, reported: bool, by_name: bool
) -> None:
    """Operators decide what is slow where they are, by the span's name."""
    if by_name and declared is not None:
        declared = None
    configuration = tracing.TracingConfiguration(slow_after={"slow.work": configured})
    with capture_spans(configuration), tracing.start_span("slow.work" if by_name else _spec(declared)):
        pass
    assert bool(reports.texts) == reported


def test_the_limit_is_in_seconds(reports: Reports) -> None:
    """0.01 is ten milliseconds."""
    with capture_spans(), tracing.start_span(_spec(0.01)):
        time.sleep(0.02)
    assert "(limit 10.0 ms)" in reports.texts[0]


def test_nested_limits_are_reported_each(reports: Reports) -> None:
    """The inner span is a step of the outer one and has a report of its own."""
    innermost = tracing.SpanSpec("inner", slow_after=ALWAYS)
    with capture_spans(), tracing.start_span(_spec(ALWAYS)), tracing.start_span(innermost) as inner:
        inner.add_event("inside")
    first, second = reports.texts
    assert first.startswith("slow span inner:")
    assert "inside" in first
    assert second.startswith("slow span slow.work:")
    assert "inner took" in second
    assert "inside" not in second


def test_steps_are_bounded(reports: Reports) -> None:
    """A span of a million events costs the memory of sixty-four, and says how many were left out."""
    with capture_spans(), tracing.start_span(_spec(ALWAYS)) as span:
        for n in range(100):
            span.add_event(f"event {n}")
    lines = reports.texts[0].splitlines()
    assert len(lines) == 66
    assert lines[-1] == "  ... and 36 more steps"


def test_a_name_forges_no_line_of_the_log(reports: Reports) -> None:
    """Line breaks and control characters in names are escaped."""
    with capture_spans(), tracing.start_span(tracing.SpanSpec("work", slow_after=ALWAYS)) as span:
        span.add_event("innocent\n2026 ERROR forged\x1b[31m")
    assert "\\n2026 ERROR forged\\x1b[31m" in reports.texts[0]
    assert len(reports.texts[0].splitlines()) == 2


class _Nameless:
    name: Any = 7


def test_an_event_with_a_name_that_is_no_text_costs_no_span() -> None:
    """What an application passes by mistake fails neither then nor at the end of the span."""
    with capture_spans() as spans, tracing.start_span(_spec(ALWAYS)) as span:
        span.add_event(_Nameless())  # type: ignore[arg-type]
    assert len(spans) == 1


def test_a_log_handler_that_fails_costs_no_span() -> None:
    """A filter of the application that raises does so in our hands."""

    def refuse(record: logging.LogRecord) -> bool:
        raise RuntimeError("no")

    logger = logging.getLogger("tracing_facade.slow")
    logger.addFilter(refuse)
    try:
        with capture_spans() as spans, tracing.start_span(_spec(ALWAYS)):
            pass
    finally:
        logger.removeFilter(refuse)
    assert len(spans) == 1


def test_a_report_is_exact() -> None:
    """Steps by when they began, in milliseconds from the start of the span."""
    watch = SlowWatch(1_000_000, 0.001)
    watch.add("second", 4_000_000)
    watch.add("first", 2_500_000, 500_000)
    said: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger("tracing_facade.slow").addHandler(handler)
    watch.finish("work", "t", "s", 1_000_000)
    assert said == []
    watch.finish("work", "t", "s", 5_000_000)
    logging.getLogger("tracing_facade.slow").removeHandler(handler)
    assert said == [
        "slow span work: 5.0 ms (limit 1.0 ms) trace_id=t span_id=s\n  +1.5 ms first took 0.5 ms\n  +3.0 ms second"
    ]
