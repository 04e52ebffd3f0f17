"""``traced``: a span around every call of a function, coroutine function, generator or async generator."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import AsyncGenerator, Callable, Generator
from typing import Any, TypeVar, cast

from tracing_facade import _facade
from tracing_facade._engine import context, exceptions
from tracing_facade.errors import DeclarationError
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

    Raises:
        DeclarationError: ``span`` is neither, or what is decorated is no function; methods are decorated below
            ``@staticmethod`` and ``@classmethod``.
    """
    if not isinstance(span, (SpanSpec, str)):
        raise DeclarationError(f"traced({span!r}): give a SpanSpec or a name, as in @traced(CHECKOUT)", "span")

    def decorate(function: Function) -> Function:
        if isinstance(function, (staticmethod, classmethod, type)) or not callable(function):
            raise DeclarationError(
                f"traced cannot decorate {function!r}: put it on a function, below @staticmethod and @classmethod"
            )
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


class _Frame:
    """The context of a suspended generator: put in place while it runs, kept while whoever iterates runs."""

    __slots__ = ("_inside", "_outside", "span")

    def __init__(self, span: SpanSpec | str) -> None:
        self.span: Any = _facade.start_span(span)
        outside = context.variable.get()
        self.span.__enter__()
        self._inside = context.variable.get()
        context.variable.set(outside)
        self._outside = self._inside

    def __enter__(self) -> None:
        self._outside = context.variable.get()
        context.variable.set(self._inside)

    def __exit__(self, *_: object) -> None:
        self._inside = context.variable.get()
        context.variable.set(self._outside)

    def fail(self, error: Exception) -> None:
        """Record that the generator ended with an error."""
        self.span.record_exception(error, escaped=True)
        self.span.set_status(False, exceptions.describe(error))


def _around_generator(span: SpanSpec | str, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        generator = function(*args, **kwargs)
        frame = _Frame(span)
        step, value = generator.send, None
        try:
            while True:
                try:
                    with frame:
                        item = step(value)
                except StopIteration as stop:
                    return stop.value
                try:
                    step, value = generator.send, (yield item)
                except BaseException as error:
                    step, value = generator.throw, error
        except Exception as error:
            frame.fail(error)
            raise
        finally:
            frame.span.end()

    return wrapper


def _around_async_generator(span: SpanSpec | str, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    async def wrapper(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        generator = function(*args, **kwargs)
        frame = _Frame(span)
        step: Callable[[Any], Any] = functools.partial(_first_step, generator)
        value: Any = None
        try:
            while True:
                try:
                    with frame:
                        item = await step(value)
                except StopAsyncIteration:
                    return
                try:
                    step, value = generator.asend, (yield item)
                except GeneratorExit:
                    # Not athrow(), which answers None for a generator that has ended.
                    with frame:
                        await generator.aclose()
                    raise
                except BaseException as error:
                    step, value = generator.athrow, error
        except Exception as error:
            frame.fail(error)
            raise
        finally:
            frame.span.end()

    return wrapper


def _first_step(generator: AsyncGenerator[Any, Any], value: Any) -> Any:
    """Begin so that the event loop does not know the generator: at its end it would close it beside the wrapper."""
    hooks = sys.get_asyncgen_hooks()
    sys.set_asyncgen_hooks(None, None)
    try:
        return generator.asend(value)
    finally:
        sys.set_asyncgen_hooks(*hooks)
