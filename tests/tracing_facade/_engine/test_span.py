"""The recording span: what it keeps, when it ends, and that nothing an application passes makes it raise."""

from __future__ import annotations

import copy
import threading
from collections import UserDict, deque
from collections.abc import Callable
from typing import Any

import pytest

import tracing_facade as tracing
from tracing_facade._engine.recorded_values import MOST_ATTRIBUTES, MOST_EVENTS
from tracing_facade.testing import capture_spans

CHECKOUT = tracing.SpanSpec("shop.checkout", kind=tracing.SpanKind.CLIENT)


def test_a_span_keeps_what_was_set_on_it() -> None:
    """Name, kind, attributes, events and times are those that were given."""
    with capture_spans() as spans, tracing.start_span(CHECKOUT, {"a": 1}) as span:
        span.set_attribute("b", "two")
        span.set_attributes({"c": [1.5, 2.5]})
        span.add_event("paid", {"amount": 3})
    (finished,) = spans
    assert (finished.name, finished.kind) == ("shop.checkout", 3)
    assert finished.attributes == {"a": 1, "b": "two", "c": (1.5, 2.5)}
    assert [(name, attributes) for name, _, attributes in finished.events or ()] == [("paid", {"amount": 3})]
    assert 0 < finished.start_ns <= finished.end_ns


def test_spans_nest_in_one_trace() -> None:
    """A span started inside another is its child; siblings share the parent."""
    with capture_spans() as spans, tracing.start_span("root") as root:
        with tracing.start_span("first"):
            pass
        with tracing.start_span("second"):
            assert tracing.current_span().trace_id == root.trace_id
    first, second, ended_root = spans
    assert {span.trace_id for span in spans} == {root.trace_id}
    assert (first.parent_span_id, second.parent_span_id, ended_root.parent_span_id) == (root.span_id, root.span_id, "")


def test_an_exception_is_an_event_and_the_error_status() -> None:
    """What leaves the block is recorded once and raised on, untouched."""
    with capture_spans() as spans, pytest.raises(ValueError, match="boom"), tracing.start_span("work"):
        raise ValueError("boom")
    (span,) = spans
    assert (span.status_code, span.status_description) == (2, "ValueError: boom")
    ((name, _, attributes),) = span.events or []
    assert name == "exception"
    assert attributes is not None
    assert (attributes["exception.type"], attributes["exception.message"]) == ("ValueError", "boom")
    assert 'raise ValueError("boom")' in attributes["exception.stacktrace"]


@pytest.mark.parametrize("error", [GeneratorExit(), KeyboardInterrupt(), SystemExit(1)], ids=lambda e: type(e).__name__)
def test_leaving_on_purpose_is_no_error(error: BaseException) -> None:
    """Exceptions that are no errors end the span without a status."""
    with capture_spans() as spans, pytest.raises(type(error)), tracing.start_span("work"):
        raise error
    assert (spans[0].status_code, spans[0].events) == (0, None)


def test_success_is_final() -> None:
    """After set_status(True) a failure changes nothing, as OpenTelemetry specifies."""
    with capture_spans() as spans, tracing.start_span("work") as span:
        span.set_status(True, "ignored")
        span.set_status(False, "late")
    assert (spans[0].status_code, spans[0].status_description) == (1, "")


class _Hostile:
    def __iter__(self) -> None:
        raise RuntimeError("no")

    def __str__(self) -> str:
        raise RuntimeError("no")

    keys = items = __iter__


@pytest.mark.parametrize("bad", [None, 1, "text", ["list"], object(), _Hostile()], ids=lambda bad: type(bad).__name__)
def test_no_argument_makes_a_span_raise(bad: object) -> None:
    """Whatever an application passes by mistake, its request goes on."""
    with capture_spans() as spans:
        with tracing.start_span(bad, bad, links=bad) as span:  # type: ignore[arg-type]
            span.set_attribute(bad, bad)  # type: ignore[arg-type]
            span.set_attributes(bad)  # type: ignore[arg-type]
            span.add_event(bad, bad)  # type: ignore[arg-type]
            span.record_error(bad)  # type: ignore[arg-type]
            span.set_status(bad, bad)  # type: ignore[arg-type]
        with tracing.start_span("after"):
            pass
    assert spans[-1].name == "after"


@pytest.mark.parametrize("bad", [None, 1, "text", ["list"], object(), _Hostile()], ids=lambda bad: type(bad).__name__)
def test_no_argument_makes_a_recorded_span_raise(bad: Any) -> None:
    """Nor do the methods of a span that was started properly, those of OpenTelemetry's interface included."""
    with capture_spans(check=False) as spans:
        with tracing.start_span("work", bad, links=bad) as started:
            span: Any = started
            span.set_attribute(bad, bad)
            span.set_attribute("key", bad)
            span.set_attributes(bad)
            span.add_event(bad, bad)
            span.add_event("name", bad, bad)
            span.record_error(bad)
            span.set_status(bad, bad)
            span.update_name(bad)
            span.add_link(bad, bad)
            span.record_exception(bad, bad, bad)
        other: Any = tracing.start_span("other")
        other.end(bad)
    assert [span.name for span in spans][1:] == ["other"]


def test_attributes_and_events_are_bounded() -> None:
    """A loop that adds without end costs bounded memory."""
    with capture_spans() as spans, tracing.start_span("work", {str(n): n for n in range(500)}) as span:
        for n in range(500):
            span.set_attribute(f"more{n}", n)
            span.add_event("tick")
    assert len(spans[0].attributes or ()) == MOST_ATTRIBUTES
    assert len(spans[0].events or ()) == MOST_EVENTS


def test_a_span_ends_once_when_threads_race() -> None:
    """Of many threads that end the same span, one wins."""
    with capture_spans() as spans:
        for _ in range(50):
            span: Any = tracing.start_span("raced")
            barrier = threading.Barrier(4)

            def end(barrier: threading.Barrier = barrier, span: Any = span) -> None:
                barrier.wait()
                span.end()

            threads = [threading.Thread(target=end) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    assert len(spans) == 50


def test_nothing_changes_after_the_end() -> None:
    """A span that has ended is what will be exported; late calls are ignored."""
    with capture_spans() as spans, tracing.start_span("work") as span:
        pass
    span.set_attribute("late", True)
    span.add_event("late")
    span.set_status(False)
    assert (spans[0].attributes, spans[0].events, spans[0].status_code) == (None, None, 0)
    assert not span.is_recording()


_BEFORE: dict[str, tuple[Any, Callable[[Any], object], Any]] = {
    "a list": (["a"], lambda value: value.append("b"), ("a",)),
    "a set": ({"a"}, lambda value: value.add("b"), ("a",)),
    "a deque": (deque("a"), lambda value: value.append("b"), ("a",)),
    "bytes in place": (bytearray(b"a"), lambda value: value.extend(b"b"), b"a"),
    "a mapping": ({"k": "a"}, lambda value: value.update(k="b"), {"k": "a"}),
    "another mapping": (UserDict(k="a"), lambda value: value.update(k="b"), {"k": "a"}),
    "a list in a tuple": ((["a"], 1), lambda value: value[0].append("b"), (("a",), 1)),
    "a mapping in a list": ([{"k": ["a"]}], lambda value: value[0]["k"].clear(), ({"k": ("a",)},)),
}


@pytest.mark.parametrize("given", ["at first", "later", "with others", "of an event"])
@pytest.mark.parametrize("name", _BEFORE)
def test_a_value_is_what_it_was_when_it_was_given(name: str, given: str) -> None:
    """What the application does with its list or mapping afterwards does not change the span."""
    value, change, expected = copy.deepcopy(_BEFORE[name])
    with (
        capture_spans() as spans,
        tracing.start_span("work", {"key": value} if given == "at first" else None) as span,
    ):
        if given == "later":
            span.set_attribute("key", value)
        elif given == "with others":
            span.set_attributes({"key": value, "other": 1})
        elif given == "of an event":
            span.add_event("seen", {"key": value})
        change(value)
    seen: Any = spans[0]
    found = seen.events[0][2] if given == "of an event" else seen.attributes
    assert found["key"] == expected


def test_a_value_without_end_is_copied_within_bounds() -> None:
    """A list that contains itself, and one whose copy would have more parts than there are atoms, cost little."""
    endless: list[Any] = [1]
    endless.append(endless)
    many: list[Any] = ["a"] * 100
    for _ in range(6):
        many = [many] * 100
    with capture_spans() as spans, tracing.start_span("work", {"endless": endless, "many": many}):
        pass
    attributes: Any = spans[0].attributes
    assert attributes["endless"][1][0] == 1
    assert len(attributes["many"]) == 100


def test_links_point_to_spans() -> None:
    """A link takes a span and keeps its identity."""
    with capture_spans() as spans:
        with tracing.start_span("cause") as cause:
            pass
        with tracing.start_span("effect", links=[cause]):
            pass
    [link] = spans[1].links or []
    assert (link.trace_id, link.span_id) == (cause.trace_id, cause.span_id)
