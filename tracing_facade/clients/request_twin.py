"""Requests that share everything with one that was given, except for headers of their own."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from types import MemberDescriptorType
from typing import Any

_GIVEN = "_given_to_tracing"


def twin_of(request: Any) -> Any:
    """Return a request that shares everything with ``request``; its headers are still to be set.

    Whatever else an adapter sets on it, it sets on the request that was given, as without tracing.
    """
    kind, slots = class_of_twins(type(request))
    twin = object.__new__(kind)
    if not slots:
        twin.__dict__ = request.__dict__
        return twin
    object.__setattr__(twin, _GIVEN, request)
    if hasattr(request, "__dict__"):
        twin.__dict__ = request.__dict__
    return twin


def _make_class(kind: Any) -> tuple[Any, tuple[str, ...]]:
    """Return a class of twins for requests of ``kind``, and which slots these have, apart from ``headers``.

    Requests with slots have values outside of the dict that is shared; their twins ask for them there.
    """
    members = _slots_of(kind)
    # A slot goes before what the shared dict says.
    own = ("headers", _GIVEN) if members else ("headers",)
    content: dict[str, Any] = {"__slots__": own, "__module__": kind.__module__}
    content.update({name: _shared(member) for name, member in members.items() if name != "headers"})
    if kind.__reduce_ex__ is object.__reduce_ex__ and kind.__reduce__ is object.__reduce__:
        content["__reduce_ex__"] = _reduce
    return type(kind.__name__, (kind,), content), tuple(members)


class_of_twins: Callable[[Any], tuple[Any, tuple[str, ...]]] = lru_cache(maxsize=64)(_make_class)


def _slots_of(kind: Any) -> dict[str, MemberDescriptorType]:
    """Return what keeps the values of slots, by the name that it is found under."""
    found: dict[str, Any] = {}
    for one in reversed(kind.__mro__):
        found.update(vars(one))
    return {name: value for name, value in found.items() if isinstance(value, MemberDescriptorType)}


def _shared(member: Any) -> property:
    """Return an attribute of twins that is the slot of the request that was given."""
    return property(
        lambda twin: member.__get__(getattr(twin, _GIVEN)),
        lambda twin, value: member.__set__(getattr(twin, _GIVEN), value),
        lambda twin: member.__delete__(getattr(twin, _GIVEN)),
    )


def _reduce(twin: Any, protocol: Any) -> Any:
    """Let an adapter copy and pickle a twin: what comes out is a request of the class whose name it has."""
    kind = type(twin).__base__
    shared = {**getattr(twin, "__dict__", {})}
    slots = {name: getattr(twin, name) for name in _slots_of(kind) if hasattr(twin, name)}
    (slots if "headers" in slots else shared)["headers"] = twin.headers
    return object.__new__, (kind,), (shared or None, slots) if slots else shared
