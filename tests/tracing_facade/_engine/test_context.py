"""The current span: restored in every order of leaving, in threads, tasks, generators and async generators."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import logging
import threading
import weakref
from collections.abc import AsyncIterator, Iterator

import pytest

import tracing_facade as tracing
from tracing_facade.testing import capture_spans


def test_outside_of_any_span_the_current_one_records_nothing() -> None:
    """current_span() is never None and its ids are zeros."""
    span = tracing.current_span()
    assert (span.is_recording(), span.trace_id, span.span_id) == (False, "0" * 32, "0" * 16)


def test_the_previous_span_is_current_again_after_the_block() -> None:
    """Also when the block is left by an exception."""
    with capture_spans(), tracing.start_span("outer") as outer:
        with pytest.raises(KeyError), tracing.start_span("inner"):
            raise KeyError
        assert tracing.current_span() is outer
    assert not tracing.current_span().is_recording()


def test_an_unsampled_span_that_was_left_is_gone_at_once() -> None:
    """Nothing waits for the garbage collector, which a busy process pays for in latency."""
    gc.disable()
    try:
        with capture_spans(_at_rate(0)):
            with tracing.start_span("first") as span:
                left = weakref.ref(span)
            del span
            assert left() is None
    finally:
        gc.enable()


@pytest.mark.parametrize("rate", [0, 1_000_000], ids=["unsampled", "sampled"])
def test_a_span_that_is_entered_twice_does_not_stay(rate: int) -> None:
    """The inner block ends it, and the outer one finds nothing to do."""
    with capture_spans(_at_rate(rate)):
        with tracing.start_span("twice") as span, span:
            assert tracing.current_span() is span
        assert tracing.current_span().span_id == "0" * 16


@pytest.mark.parametrize("rate", [0, 1_000_000], ids=["unsampled", "sampled"])
def test_a_span_can_be_left_in_a_copy_of_its_context(rate: int) -> None:
    """There the span before it is current again, as where it was entered."""

    def left_in_a_copy() -> str:
        span = tracing.start_span("work")
        span.__enter__()
        return contextvars.copy_context().run(leave, span)

    def leave(span: tracing.Span) -> str:
        span.__exit__(None, None, None)
        return tracing.current_span().span_id

    with capture_spans(_at_rate(rate)):
        assert contextvars.copy_context().run(left_in_a_copy) == "0" * 16


def test_a_span_that_is_left_twice_leads_nowhere() -> None:
    """Where a span inside of it is left later, nothing is current, and nothing raises."""

    def leave_outer_twice() -> str:
        outer = tracing.start_span("outer").__enter__()
        copy = contextvars.copy_context()
        inner = tracing.start_span("inner").__enter__()
        outer.__exit__(None, None, None)
        copy.run(outer.__exit__, None, None, None)
        inner.__exit__(None, None, None)
        return tracing.current_span().span_id

    with capture_spans():
        assert contextvars.copy_context().run(leave_outer_twice) == "0" * 16


def test_spans_that_were_entered_in_a_circle_let_the_next_one_go() -> None:
    """Each of two has the other as its previous one, and both were left elsewhere: nobody looks for ever."""

    def go_around() -> str:
        first = tracing.start_span("first").__enter__()
        copy = contextvars.copy_context()
        second = tracing.start_span("second").__enter__()
        first.__exit__(None, None, None)
        copy.run(first.__exit__, None, None, None)
        first.__enter__()
        second.__exit__(None, None, None)
        with tracing.start_span("third"):
            pass
        return tracing.current_span().span_id

    with capture_spans():
        assert contextvars.copy_context().run(go_around) == "0" * 16


def _at_rate(per_million: int) -> tracing.TracingConfiguration:
    return tracing.TracingConfiguration(sampling_rate_per_million=per_million)


def _stepping() -> Iterator[None]:
    with tracing.start_span("generator"):
        yield
        yield


def test_a_generator_closed_inside_another_span_leaves_that_span_current() -> None:
    """The span of a suspended generator neither stays nor replaces what is current where it is closed."""
    with capture_spans() as spans:
        generator = _stepping()
        next(generator)
        with tracing.start_span("other") as other:
            generator.close()  # type: ignore[attr-defined]
            assert tracing.current_span() is other
        assert not tracing.current_span().is_recording()
    assert [span.name for span in spans] == ["generator", "other"]


async def _async_stepping() -> AsyncIterator[None]:
    with tracing.start_span("generator"):
        yield
        yield


def test_an_async_generator_closed_in_another_task_logs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """No detach error, the span ends, and the closing task's current span stays."""

    async def main() -> None:
        generator = _async_stepping()
        await asyncio.create_task(anext(generator))  # type: ignore[arg-type]
        with tracing.start_span("closer") as closer:
            await generator.aclose()  # type: ignore[attr-defined]
            assert tracing.current_span() is closer
        assert not tracing.current_span().is_recording()

    with capture_spans() as spans, caplog.at_level(logging.DEBUG):
        asyncio.run(main())
    assert sorted(span.name for span in spans) == ["closer", "generator"]
    assert [record for record in caplog.records if record.name.startswith(("opentelemetry", "tracing"))] == []


def test_tasks_that_outlive_their_span_keep_it_as_parent() -> None:
    """Siblings in a task started inside a span are all its children, also after it ended."""

    async def child(done: asyncio.Event) -> None:
        await done.wait()
        for name in ("a", "b"):
            with tracing.start_span(name):
                await asyncio.sleep(0)

    async def main() -> None:
        done = asyncio.Event()
        with tracing.start_span("parent"):
            task = asyncio.create_task(child(done))
            await asyncio.sleep(0)
        done.set()
        await task

    with capture_spans() as spans:
        asyncio.run(main())
    by_name = {span.name: span for span in spans}
    assert by_name["a"].parent_span_id == by_name["b"].parent_span_id == by_name["parent"].span_id


def test_a_thread_starts_without_a_span_unless_it_is_carried() -> None:
    """carry_context takes the current span along; it is restored in the thread afterwards."""
    found: list[str] = []

    def work() -> None:
        found.append(tracing.current_span().span_id)

    with capture_spans(), tracing.start_span("outer") as outer:
        carried = tracing.carry_context(work)
        for target in (work, carried):
            thread = threading.Thread(target=target)
            thread.start()
            thread.join()
    assert found == ["0" * 16, outer.span_id]


@pytest.mark.parametrize("rate", [0, 1_000_000])
def test_children_share_the_decision_of_their_root(rate: int) -> None:
    """An unsampled root leaves no span behind at any depth, a sampled one leaves all."""
    with capture_spans(_at_rate(rate)) as spans:
        with tracing.start_span("root") as root, tracing.start_span("child") as child:
            assert child.trace_id == root.trace_id != "0" * 32
        assert not tracing.current_span().is_recording()
    assert len(spans) == (2 if rate else 0)


def test_a_span_that_is_entered_twice_leaves_nothing_behind() -> None:
    """The inner block ends it; what was current before is current again, and the next span is not disturbed."""
    with capture_spans() as spans:
        with tracing.start_span("around") as around:
            span = tracing.start_span("twice")
            with span, span:
                assert tracing.current_span() is span
            assert tracing.current_span() is around
            with tracing.start_span("next"):
                pass
        assert tracing.current_span().span_id == "0" * 16
    assert [ended.name for ended in spans] == ["twice", "next", "around"]
