"""Carries the current context into work that runs elsewhere, such as a thread pool."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar, cast

from tracing_facade._engine import context

Function = TypeVar("Function", bound=Callable[..., Any])


def carry_context(function: Function) -> Function:
    """Return ``function`` bound to the trace that is current now.

    ::

        executor.submit(tracing.carry_context(work), item)

    Args:
        function: what another thread or task will call, as often as it likes, also at the same time; a function or a
            coroutine function.

    Returns:
        A function with the same signature; spans that it starts are children of the span that is current now.
    """
    carried = context.variable.get()
    if inspect.iscoroutinefunction(function):
        return cast(Function, _around_coroutine(function, carried))

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        previous = context.variable.get()
        context.variable.set(carried)
        try:
            return function(*args, **kwargs)
        finally:
            context.variable.set(previous)

    return cast(Function, wrapper)


def _around_coroutine(function: Callable[..., Any], carried: context.ContextMapping) -> Callable[..., Any]:
    @functools.wraps(function)
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        previous = context.variable.get()
        context.variable.set(carried)
        try:
            return await function(*args, **kwargs)
        finally:
            context.variable.set(previous)

    return wrapper
