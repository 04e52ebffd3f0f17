"""traced: a span around every call of a function or coroutine function, and what is decorated stays what it was."""

from __future__ import annotations

import asyncio
import functools
import inspect
from typing import Any

import pytest

import tracing_facade as tracing
from tests.tracing_facade._engine.conftest import engine_name  # noqa: F401  # every test on both engines
from tracing_facade.errors import DeclarationError
from tracing_facade.testing import capture_spans

WORK = tracing.SpanSpec("work", kind=tracing.SpanKind.CLIENT)


def test_a_call_is_a_span() -> None:
    """Named and of the kind as declared, below the current span, current while the function runs."""

    @tracing.traced(WORK)
    def work(a: int, *, b: int = 2) -> tuple[int, int, str]:
        return a, b, tracing.current_span().span_id

    with capture_spans() as spans, tracing.start_span("outer") as outer:
        result = work(1, b=3)
    (span, _) = spans
    assert result == (1, 3, span.span_id)
    assert (span.name, span.kind, span.parent_span_id) == ("work", tracing.SpanKind.CLIENT, outer.span_id)


def test_every_call_is_a_span_of_its_own() -> None:
    """Recursion nests."""

    @tracing.traced("count")
    def count(down: int) -> int:
        return count(down - 1) + 1 if down else 0

    with capture_spans() as spans:
        assert count(2) == 2
    innermost, middle, outermost = spans
    assert (innermost.parent_span_id, middle.parent_span_id) == (middle.span_id, outermost.span_id)


def test_an_error_is_recorded_and_raised_on() -> None:
    """The very exception, with its traceback, as without the decorator."""
    error = LookupError("nowhere")

    @tracing.traced(WORK)
    def work() -> None:
        raise error

    with capture_spans() as spans, pytest.raises(LookupError) as raised:
        work()
    assert raised.value is error
    assert (spans[0].status_code, spans[0].status_description) == (2, "LookupError: nowhere")


def _function(a: int, b: str = "x") -> str:
    """Explain."""
    return f"{a}{b}"


async def _coroutine_function(a: int, b: str = "x") -> str:
    """Explain."""
    return f"{a}{b}"


def _generator_function(a: int, b: str = "x") -> Any:
    """Explain."""
    yield f"{a}{b}"


async def _async_generator_function(a: int, b: str = "x") -> Any:
    """Explain."""
    yield f"{a}{b}"


KINDS = (
    inspect.iscoroutinefunction,
    inspect.isgeneratorfunction,
    inspect.isasyncgenfunction,
)


@pytest.mark.parametrize(
    "function",
    [_function, _coroutine_function, _generator_function, _async_generator_function],
    ids=lambda function: function.__name__,
)
def test_what_is_decorated_looks_the_same(function: Any) -> None:
    """Frameworks look at name, documentation, signature and kind."""
    decorated = tracing.traced(WORK)(function)
    assert (decorated.__name__, decorated.__doc__, decorated.__module__) == (function.__name__, "Explain.", __name__)
    assert inspect.signature(decorated) == inspect.signature(function)
    assert [kind(decorated) for kind in KINDS] == [kind(function) for kind in KINDS]
    assert decorated.__wrapped__ is function


def test_methods_are_decorated_like_functions() -> None:
    """Instance, class and static methods, with traced next to the function."""

    class Shop:
        @tracing.traced("method")
        def method(self, n: int) -> int:
            return n

        @classmethod
        @tracing.traced("class method")
        def class_method(cls, n: int) -> int:
            return n

        @staticmethod
        @tracing.traced("static method")
        def static_method(n: int) -> int:
            return n

        @property
        @tracing.traced("property")
        def value(self) -> int:
            return 4

    shop = Shop()
    with capture_spans() as spans:
        assert (shop.method(1), Shop.class_method(2), Shop.static_method(3), shop.value) == (1, 2, 3, 4)
    assert [span.name for span in spans] == ["method", "class method", "static method", "property"]


def test_a_partial_and_a_callable_object_can_be_traced() -> None:
    """They have no name of their own, and need none."""

    class Callable:
        def __call__(self, n: int) -> int:
            return n

    with capture_spans() as spans:
        assert tracing.traced("partial")(functools.partial(_function, 1))() == "1x"
        assert tracing.traced("object")(Callable())(2) == 2
        assert asyncio.run(tracing.traced("async")(functools.partial(_coroutine_function, 3))()) == "3x"
    assert [span.name for span in spans] == ["partial", "object", "async"]


@pytest.mark.parametrize(
    "span", [_function, None, 7, b"bytes"], ids=["forgotten parentheses", "None", "number", "bytes"]
)
def test_a_span_that_is_none_is_refused_where_it_is_written(span: Any) -> None:
    """The most likely mistake, @traced without a span, is found when the module is imported."""
    with pytest.raises(DeclarationError, match="give a SpanSpec or a name"):
        tracing.traced(span)


@pytest.mark.parametrize(
    "function", [staticmethod(_function), classmethod(lambda cls: None), type("X", (), {}), 7],
    ids=["staticmethod", "classmethod", "class", "number"],
)  # fmt: skip
def test_what_is_no_function_is_refused_where_it_is_written(function: Any) -> None:
    """A class would become a function, and a classmethod could not be called."""
    with pytest.raises(DeclarationError, match="below @staticmethod and @classmethod"):
        tracing.traced(WORK)(function)


def test_a_coroutine_is_a_span_while_it_runs() -> None:
    """From its first step to its last, not while it is only an object."""

    @tracing.traced(WORK)
    async def work() -> str:
        await asyncio.sleep(0)
        return tracing.current_span().span_id

    async def main() -> None:
        waiting = work()
        assert not tracing.current_span().is_recording()
        assert await waiting == spans[0].span_id
        assert not tracing.current_span().is_recording()

    with capture_spans() as spans:
        asyncio.run(main())
    assert len(spans) == 1


def test_coroutines_at_the_same_time_do_not_mix() -> None:
    """Every task has its own current span."""

    @tracing.traced("inner")
    async def inner() -> None:
        await asyncio.sleep(0)

    @tracing.traced("outer")
    async def outer() -> None:
        await asyncio.sleep(0)
        await inner()

    async def main() -> None:
        await asyncio.gather(*(outer() for _ in range(10)))

    with capture_spans() as spans:
        asyncio.run(main())
    outers = {span.span_id: span.trace_id for span in spans if span.name == "outer"}
    assert {span.parent_span_id: span.trace_id for span in spans if span.name == "inner"} == outers
    assert len(outers) == len(set(outers.values())) == 10


def test_a_cancelled_coroutine_ends_without_an_error() -> None:
    """Being cancelled is no failure of the work."""

    @tracing.traced(WORK)
    async def work() -> None:
        await asyncio.sleep(60)

    async def main() -> None:
        task = asyncio.create_task(work())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with capture_spans() as spans:
        asyncio.run(main())
    assert [(span.status_code, span.events) for span in spans] == [(0, None)]


def test_while_tracing_is_off_a_call_is_a_call() -> None:
    """Nothing is recorded and nothing changes."""
    assert tracing.traced(WORK)(_function)(1) == "1x"
    assert asyncio.run(tracing.traced(WORK)(_coroutine_function)(2)) == "2x"
    assert list(tracing.traced(WORK)(_generator_function)(3)) == ["3x"]
