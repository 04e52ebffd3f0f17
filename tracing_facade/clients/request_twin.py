"""Requests that share everything with one that was given, except for headers of their own."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any


def twin_of(request: Any) -> Any:
    """Return a request that shares everything with ``request``; its headers are still to be set.

    Whatever else an adapter sets on it, it sets on the request that was given, as without tracing.
    """
    twin = object.__new__(_class_of_twins(type(request)))
    twin.__dict__ = request.__dict__
    return twin


def _make_class(kind: Any) -> Any:
    # A slot goes before what the shared dict says.
    content: dict[str, Any] = {"__slots__": ("headers",), "__module__": kind.__module__}
    if kind.__reduce_ex__ is object.__reduce_ex__ and kind.__reduce__ is object.__reduce__:
        content["__reduce_ex__"] = _reduce
    return type(kind.__name__, (kind,), content)


def _reduce(twin: Any, protocol: Any) -> Any:
    """Let an adapter copy and pickle a twin: what comes out is a request of the class whose name it has."""
    return object.__new__, (type(twin).__base__,), {**twin.__dict__, "headers": twin.headers.copy()}


_class_of_twins: Callable[[Any], Any] = lru_cache(maxsize=64)(_make_class)
