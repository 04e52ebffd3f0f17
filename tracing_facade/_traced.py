"""``traced``: a span around every call of a function, coroutine function, generator or async generator."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncGenerator, Callable, Generator
from typing import Any, TypeVar, cast

from tracing_facade import _facade
from tracing_facade._engine import exceptions
from tracing_facade.registry import SpanSpec

Function = TypeVar("Function", bound=Callable[..., Any])


def traced(span: SpanSpec | str) -> Callable[[Function], Function]:
    """Put a span around every call of the decorated function.

    Works for functions, coroutine functions, generators and async generators. The span of a generator lasts from its
    first step to its last, and is current only while the generator runs, never in the code that iterates over it.

    Args:
        span: a declared ``SpanSpec``, or a name.

    Returns:
        A decorator that keeps the signature of what it decorates.
    """

    def decorate(function: Function) -> Function:
        if inspect.isasyncgenfunction(function):
            return cast(Function, _around_async_generator(span, function))
        if inspect.isgeneratorfunction(function):
            return cast(Function, _around_generator(span, function))
        if inspect.iscoroutinefunction(function):
            return cast(Function, _around_coroutine(span, function))
        return cast(Function, _around_function(span, function))

    return decorate


def _around_function(span: SpanSpec | str, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        with _facade.start_span(span):
            return function(*args, **kwargs)

    return wrapper


def _around_coroutine(span: SpanSpec | str, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        with _facade.start_span(span):
            return await function(*args, **kwargs)

    return wrapper


def _around_generator(span: SpanSpec | str, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        generator = function(*args, **kwargs)
        current: Any = _facade.start_span(span)
        step, value = generator.send, None
        try:
            while True:
                current.activate()
                try:
                    item = step(value)
                except StopIteration as stop:
                    return stop.value
                finally:
                    current.deactivate()
                try:
                    step, value = generator.send, (yield item)
                except GeneratorExit:
                    _close_inside(current, generator)
                    raise
                except BaseException as error:
                    step, value = generator.throw, error
        except Exception as error:
            _fail(current, error)
            raise
        finally:
            current.end()

    return wrapper


def _close_inside(current: Any, generator: Generator[Any, Any, Any]) -> None:
    current.activate()
    try:
        generator.close()
    finally:
        current.deactivate()


def _around_async_generator(span: SpanSpec | str, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    async def wrapper(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        generator = function(*args, **kwargs)
        current: Any = _facade.start_span(span)
        step, value = generator.asend, None
        try:
            while True:
                current.activate()
                try:
                    item = await step(value)
                except StopAsyncIteration:
                    return
                finally:
                    current.deactivate()
                try:
                    step, value = generator.asend, (yield item)
                except GeneratorExit:
                    await _aclose_inside(current, generator)
                    raise
                except BaseException as error:
                    step, value = generator.athrow, error
        except Exception as error:
            _fail(current, error)
            raise
        finally:
            current.end()

    return wrapper


async def _aclose_inside(current: Any, generator: AsyncGenerator[Any, Any]) -> None:
    current.activate()
    try:
        await generator.aclose()
    finally:
        current.deactivate()


def _fail(current: Any, error: Exception) -> None:
    current.record_exception(error, escaped=True)
    current.set_status(False, exceptions.describe(error))
