"""Carries the current context into work that runs elsewhere, such as a thread pool."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

from tracing_facade._engine import context

Function = TypeVar("Function", bound=Callable[..., Any])


def carry_context(function: Function) -> Function:
    """Return ``function`` bound to the trace that is current now.

    ::

        executor.submit(tracing.carry_context(work), item)

    Args:
        function: what another thread will call, as often as it likes, also at the same time.

    Returns:
        A function with the same signature; spans that it starts are children of the span that is current now.
    """
    carried = context.variable.get()

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        previous = context.variable.get()
        context.variable.set(carried)
        try:
            return function(*args, **kwargs)
        finally:
            context.variable.set(previous)

    return cast(Function, wrapper)
