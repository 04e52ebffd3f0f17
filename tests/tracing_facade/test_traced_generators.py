"""traced generators: the span lasts from the first step to the last, and the consumer never notices."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import logging
import threading
from collections.abc import AsyncGenerator, Callable, Generator
from typing import Any

import pytest

import tracing_facade as tracing
from tests.tracing_facade._engine.conftest import engine_name  # noqa: F401  # every test on both engines
from tracing_facade.testing import capture_spans

Steps = Generator[Any, Any, Any]


def _current() -> str:
    return tracing.current_span().span_id


def test_a_span_lasts_from_the_first_step_to_the_last() -> None:
    """It is current in the generator and never in the code that iterates."""
    inside: list[str] = []

    @tracing.traced("steps")
    def steps() -> Steps:
        for n in range(3):
            inside.append(_current())
            yield n
        inside.append(_current())
        return "done"

    with capture_spans() as spans, tracing.start_span("consumer") as consumer:
        generator = steps()
        assert spans == []
        for _ in generator:
            assert tracing.current_span() is consumer
        assert len(spans) == 1
    assert inside == [spans[0].span_id] * 4
    assert spans[0].parent_span_id == consumer.span_id


def test_a_generator_that_is_never_started_is_no_span() -> None:
    """Nothing ran, so nothing is recorded."""

    @tracing.traced("steps")
    def steps() -> Steps:
        yield

    with capture_spans() as spans:
        steps().close()
    assert spans == []


def test_spans_inside_are_children_across_steps() -> None:
    """Also a span that stays open while the generator is suspended."""

    @tracing.traced("steps")
    def steps() -> Steps:
        with tracing.start_span("inside"):
            yield 1
            with tracing.start_span("deeper"):
                yield 2

    with capture_spans() as spans:
        for _ in steps():
            assert not tracing.current_span().is_recording()
    deeper, inside, outer = spans
    assert (deeper.parent_span_id, inside.parent_span_id) == (inside.span_id, outer.span_id)


def _protocol() -> Steps:
    """Do everything that the protocol of generators allows."""
    received = []
    try:
        received.append((yield "first"))
        received.append((yield "second"))
    except KeyError as error:
        received.append((yield f"caught {error}"))
    except GeneratorExit:
        return "closed"
    return received


CONVERSATIONS: dict[str, Callable[[Any], Any]] = {
    "iterate": list,
    "send": lambda g: [next(g), g.send("a"), _stop(lambda: g.send("b"))],
    "throw": lambda g: [next(g), g.throw(KeyError("k")), _stop(lambda: g.send("c"))],
    "throw what is not caught": lambda g: [next(g), _raised(lambda: g.throw(ValueError("v"))), list(g)],
    "close": lambda g: [next(g), g.close(), list(g)],
    "throw GeneratorExit": lambda g: [next(g), _stop(lambda: g.throw(GeneratorExit))],
    "send before the start": lambda g: _raised(lambda: g.send("x")),
    "close before the start": lambda g: [g.close(), list(g)],
    "throw before the start": lambda g: _raised(lambda: g.throw(ValueError("v"))),
}


def _stop(step: Callable[[], Any]) -> Any:
    with pytest.raises(StopIteration) as stopped:
        step()
    return stopped.value.value


def _raised(step: Callable[[], Any]) -> tuple[type, str]:
    with pytest.raises((ValueError, TypeError, RuntimeError)) as raised:
        step()
    return raised.type, str(raised.value)


@pytest.mark.parametrize("talk", CONVERSATIONS.values(), ids=CONVERSATIONS.keys())
def test_the_protocol_is_that_of_the_generator(talk: Callable[[Steps], Any]) -> None:
    """Whatever is sent or thrown arrives, and whatever comes back is passed on."""
    with capture_spans() as spans:
        assert talk(tracing.traced("steps")(_protocol)()) == talk(_protocol())
    assert len(spans) <= 1
    assert not tracing.current_span().is_recording()


def test_an_error_is_recorded_and_raised_on() -> None:
    """The very exception; the span has its event and status."""
    error = LookupError("nowhere")

    @tracing.traced("steps")
    def steps() -> Steps:
        yield 1
        raise error

    with capture_spans() as spans, pytest.raises(LookupError) as raised:
        list(steps())
    assert raised.value is error
    assert (spans[0].status_code, spans[0].status_description) == (2, "LookupError: nowhere")
    assert [name for name, _, _ in spans[0].events or ()] == ["exception"]


def test_closing_early_ends_the_span_without_an_error() -> None:
    """A consumer that has enough is no failure; clean-up still belongs to the span."""
    cleaned: list[str] = []

    @tracing.traced("steps")
    def steps() -> Steps:
        try:
            yield 1
            yield 2
        finally:
            cleaned.append(_current())

    with capture_spans() as spans:
        generator = steps()
        next(generator)
        with tracing.start_span("elsewhere") as elsewhere:
            generator.close()
            assert tracing.current_span() is elsewhere
    assert [(span.name, span.status_code) for span in spans] == [("steps", 0), ("elsewhere", 0)]
    assert cleaned == [spans[0].span_id]


def test_an_abandoned_generator_ends_when_it_is_collected(caplog: pytest.LogCaptureFixture) -> None:
    """Wherever that happens, it logs nothing and leaves the current span alone."""

    @tracing.traced("steps")
    def steps() -> Steps:
        yield 1
        yield 2

    with capture_spans() as spans, caplog.at_level(logging.DEBUG):
        generator = steps()
        next(generator)
        with tracing.start_span("elsewhere") as elsewhere:
            del generator
            gc.collect()
            assert tracing.current_span() is elsewhere
    assert [span.name for span in spans] == ["steps", "elsewhere"]
    assert caplog.records == []


def test_steps_may_be_taken_in_several_threads_and_contexts() -> None:
    """The span goes along with the generator, and every thread keeps its own current span."""
    inside: list[str] = []

    @tracing.traced("steps")
    def steps() -> Steps:
        while True:
            inside.append(_current())
            yield

    def step_here() -> None:
        with tracing.start_span("here") as here:
            next(generator)
            assert tracing.current_span() is here

    with capture_spans() as spans:
        generator = steps()
        next(generator)
        thread = threading.Thread(target=step_here)
        thread.start()
        thread.join()
        contextvars.copy_context().run(step_here)
        generator.close()
    steps_span = spans[-1]
    assert [span.name for span in spans] == ["here", "here", "steps"]
    assert inside == [steps_span.span_id] * 3


AsyncSteps = AsyncGenerator[Any, Any]


def test_an_async_generator_is_a_span_like_a_generator() -> None:
    """Current inside, also after awaiting; never in the code that iterates."""
    inside: list[str] = []

    @tracing.traced("steps")
    async def steps() -> AsyncSteps:
        for n in range(3):
            await asyncio.sleep(0)
            inside.append(_current())
            yield n

    async def main() -> None:
        with tracing.start_span("consumer") as consumer:
            async for _ in steps():
                assert tracing.current_span() is consumer

    with capture_spans() as spans:
        asyncio.run(main())
    first, consumer = spans
    assert (first.name, first.parent_span_id) == ("steps", consumer.span_id)
    assert inside == [first.span_id] * 3


async def _async_protocol() -> AsyncSteps:
    received = []
    try:
        received.append((yield "first"))
        received.append((yield "second"))
    except KeyError as error:
        await asyncio.sleep(0)
        yield f"caught {error}"
    yield received


async def _async_raised(step: Any) -> type:
    with pytest.raises((ValueError, TypeError, StopAsyncIteration)) as raised:
        await step
    return raised.type


async def _collect(g: AsyncSteps) -> list[Any]:
    return [item async for item in g]


async def _send(g: AsyncSteps) -> Any:
    return [await anext(g), await g.asend("a"), await g.asend("b")]


async def _throw(g: AsyncSteps) -> Any:
    return [await anext(g), await g.athrow(KeyError("k")), await g.asend("c"), await _async_raised(g.asend("d"))]


async def _throw_uncaught(g: AsyncSteps) -> Any:
    return [await anext(g), await _async_raised(g.athrow(ValueError("v"))), await _async_raised(anext(g))]


async def _close(g: AsyncSteps) -> Any:
    return [await anext(g), await g.aclose(), await _async_raised(anext(g))]  # type: ignore[func-returns-value]


async def _close_before(g: AsyncSteps) -> Any:
    return [await g.aclose(), await _async_raised(anext(g))]  # type: ignore[func-returns-value]


@pytest.mark.parametrize("talk", [_collect, _send, _throw, _throw_uncaught, _close, _close_before])
def test_the_protocol_is_that_of_the_async_generator(talk: Callable[[AsyncSteps], Any]) -> None:
    """asend, athrow and aclose do what they do without the decorator."""
    with capture_spans() as spans:
        decorated = asyncio.run(talk(tracing.traced("steps")(_async_protocol)()))
        assert decorated == asyncio.run(talk(_async_protocol()))
    assert len(spans) <= 1


def test_an_async_generator_closed_in_another_task_keeps_that_tasks_span(caplog: pytest.LogCaptureFixture) -> None:
    """Closing elsewhere logs no detach error, and clean-up belongs to the generator's span."""
    cleaned: list[str] = []

    @tracing.traced("steps")
    async def steps() -> AsyncSteps:
        try:
            yield 1
            yield 2
        finally:
            await asyncio.sleep(0)
            cleaned.append(_current())

    async def main() -> None:
        generator = steps()
        await asyncio.create_task(anext(generator))
        with tracing.start_span("closer") as closer:
            await generator.aclose()
            assert tracing.current_span() is closer

    with capture_spans() as spans, caplog.at_level(logging.DEBUG):
        asyncio.run(main())
    assert [(span.name, span.status_code) for span in spans] == [("steps", 0), ("closer", 0)]
    assert cleaned == [spans[0].span_id]
    assert [record for record in caplog.records if record.name.startswith(("opentelemetry", "tracing"))] == []


@pytest.mark.parametrize("count", [1, 10])
def test_async_generators_that_are_abandoned_end_with_their_loop(count: int, caplog: pytest.LogCaptureFixture) -> None:
    """asyncio closes what nobody has closed, once, and their clean-up belongs to their spans."""
    cleaned: list[str] = []

    @tracing.traced("steps")
    async def steps() -> AsyncSteps:
        try:
            yield 1
            yield 2
        finally:
            await asyncio.sleep(0)
            cleaned.append(_current())

    async def main() -> None:
        for _ in range(count):
            abandoned.append(steps())
            await anext(abandoned[-1])

    abandoned: list[AsyncSteps] = []
    with capture_spans() as spans:
        asyncio.run(main())
    assert [(span.name, span.status_code) for span in spans] == [("steps", 0)] * count
    assert sorted(cleaned) == sorted(span.span_id for span in spans)
    assert caplog.records == []


def test_an_async_generator_that_is_collected_is_closed_by_its_loop() -> None:
    """An iteration that is broken off leaves its generator to the loop, which runs the clean-up."""

    @tracing.traced("steps")
    async def steps() -> AsyncSteps:
        yield 1
        yield 2

    async def main() -> None:
        async for _ in steps():
            break
        gc.collect()
        await asyncio.sleep(0.01)
        assert [span.name for span in spans] == ["steps"]

    with capture_spans() as spans:
        asyncio.run(main())


def test_an_async_generator_that_fails_is_an_error() -> None:
    """The exception is raised on and recorded."""

    @tracing.traced("steps")
    async def steps() -> AsyncSteps:
        yield 1
        raise LookupError("nowhere")

    with capture_spans() as spans, pytest.raises(LookupError):
        asyncio.run(_collect(steps()))
    assert spans[0].status_description == "LookupError: nowhere"


def test_a_cancelled_consumer_ends_the_span_without_an_error() -> None:
    """Cancellation reaches the generator where it waits."""

    @tracing.traced("steps")
    async def steps() -> AsyncSteps:
        yield 1
        await asyncio.sleep(60)
        yield 2

    async def main() -> None:
        task = asyncio.create_task(_collect(steps()))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with capture_spans() as spans:
        asyncio.run(main())
    assert [(span.name, span.status_code) for span in spans] == [("steps", 0)]
