"""Blocks one after the other and inside of each other: each captures what starts in it, and leaves nothing behind."""

from __future__ import annotations

import threading

import pytest

import tracing_facade as tracing
from tracing_facade.testing import capture_spans


def test_spans_come_in_the_order_in_which_they_end() -> None:
    """Complete: name, times, attributes."""
    with capture_spans() as spans:
        with tracing.start_span("outer"), tracing.start_span("inner", {"n": 1}):
            assert spans == []
        with tracing.start_span("last"):
            pass
    assert [(span.name, dict(span.attributes or {})) for span in spans] == [
        ("inner", {"n": 1}),
        ("outer", {}),
        ("last", {}),
    ]
    assert all(0 < span.start_ns <= span.end_ns for span in spans)


def test_what_was_configured_before_is_configured_again() -> None:
    """Also when the block raises."""
    with pytest.raises(LookupError), capture_spans():
        raise LookupError
    with tracing.start_span("off") as span:
        assert not span.is_recording()


def test_a_block_inside_of_a_block_captures_for_itself() -> None:
    """The innermost gets the spans that start in it."""
    with capture_spans() as outer:
        with capture_spans() as inner, tracing.start_span("inner"):
            pass
        with tracing.start_span("outer"):
            pass
    assert ([span.name for span in inner], [span.name for span in outer]) == (["inner"], ["outer"])


def test_a_span_that_ends_after_the_block_ends_where_it_was_started() -> None:
    """A thread that is late disturbs nobody else's capture."""
    with capture_spans(check=False) as first:
        late = tracing.start_span("late")
    with capture_spans() as second, late:
        pass
    assert ([span.name for span in first], second) == (["late"], [])


def test_spans_of_other_threads_are_captured() -> None:
    """A server under test runs in threads of its own."""

    def work() -> None:
        with tracing.start_span("thread"):
            pass

    with capture_spans() as spans:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert [span.name for span in spans] == ["thread"]


def test_the_configuration_counts() -> None:
    """Sampling, trust and policy are those of the configuration that is given."""
    with capture_spans(tracing.TracingConfiguration(sampling_rate_per_million=0)) as spans, tracing.start_span("work"):
        pass
    assert spans == []
