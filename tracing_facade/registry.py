"""Declarations: which spans a program may emit, with which attributes and events, and what each promises."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from tracing_facade.errors import DeclarationError
from tracing_facade.stability import Stability

AttributeValue: TypeAlias = str | bool | int | float | Sequence[str] | Sequence[bool] | Sequence[int] | Sequence[float]
"""What an attribute may hold (OpenTelemetry specification, Common: Attribute)."""

_ATTRIBUTE_TYPES: tuple[Any, ...] = (str, bool, int, float, list[str], list[bool], list[int], list[float])


class SpanKind(enum.IntEnum):
    """The role of a span in its trace, with the numbers of OTLP (``opentelemetry.proto.trace.v1.Span.SpanKind``)."""

    INTERNAL = 1
    SERVER = 2
    CLIENT = 3
    PRODUCER = 4
    CONSUMER = 5


@dataclass(frozen=True)
class AttributeSpec:
    """One attribute that a span or event may carry.

    Args:
        key: dotted lower-case name, for example ``"order.total"``.
        type: ``str``, ``bool``, ``int``, ``float`` or a ``list`` of one of them.
        stability: the promise made to readers of traces.
        brief: one sentence for the reference page.

    Raises:
        DeclarationError: the key is empty or no string, or the type is not one of those above.
    """

    key: str
    type: Any = str
    stability: Stability = field(default=Stability.ALPHA, kw_only=True)
    brief: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        _require_name(self.key, "AttributeSpec key")
        if self.type not in _ATTRIBUTE_TYPES:
            raise DeclarationError(
                f"AttributeSpec {self.key!r}: type {self.type!r} is not allowed; "
                "use str, bool, int, float or a list of one of them, for example list[str]"
            )


@dataclass(frozen=True)
class EventSpec:
    """One event that may happen during a span.

    Args:
        name: dotted lower-case name, for example ``"cache.miss"``.
        attributes: the attributes it may carry.
        stability: the promise made to readers of traces.
        brief: one sentence for the reference page.

    Raises:
        DeclarationError: the name is empty or no string, or an attribute is declared twice.
    """

    name: str
    attributes: tuple[AttributeSpec, ...] = field(default=(), kw_only=True)
    stability: Stability = field(default=Stability.ALPHA, kw_only=True)
    brief: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        _require_name(self.name, "EventSpec name")
        object.__setattr__(self, "attributes", _unique_attributes(self.attributes, f"EventSpec {self.name!r}"))


@dataclass(frozen=True, eq=False)
class SpanSpec:
    """One span that a program may emit. Declare it once, at module level, and start it with ``start_span``.

    Args:
        name: what the operation is called; low cardinality, so no ids, paths or values in it.
        kind: its role in the trace.
        attributes: the attributes it may carry.
        events: the events that may happen during it.
        stability: the promise made to readers of traces.
        brief: one sentence for the reference page.
        slow_after: seconds; a span that took longer is logged with its steps, sampled or not.

    Raises:
        DeclarationError: the name is empty or no string, an attribute or event is declared twice, or
            ``slow_after`` is not a positive number.
    """

    name: str
    kind: SpanKind = field(default=SpanKind.INTERNAL, kw_only=True)
    attributes: tuple[AttributeSpec, ...] = field(default=(), kw_only=True)
    events: tuple[EventSpec, ...] = field(default=(), kw_only=True)
    stability: Stability = field(default=Stability.ALPHA, kw_only=True)
    brief: str = field(default="", kw_only=True)
    slow_after: float | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        _require_name(self.name, "SpanSpec name")
        where = f"SpanSpec {self.name!r}"
        object.__setattr__(self, "attributes", _unique_attributes(self.attributes, where))
        object.__setattr__(self, "events", tuple(self.events))
        names = [event.name for event in self.events]
        _require_unique(names, f"{where} declares the event")
        object.__setattr__(self, "kind", _span_kind(self.kind, where))
        if self.slow_after is not None and not self.slow_after > 0:
            raise DeclarationError(
                f"{where}: slow_after={self.slow_after!r} is not a positive number of seconds; "
                "leave it out to log nothing"
            )


def _require_name(value: object, what: str) -> None:
    if not isinstance(value, str) or not value.strip():
        raise DeclarationError(f"{what} {value!r} is not a name; give a non-empty string")


def _span_kind(value: object, where: str) -> SpanKind:
    if isinstance(value, SpanKind):
        return value
    allowed = ", ".join(f"SpanKind.{kind.name}" for kind in SpanKind)
    raise DeclarationError(f"{where}: kind {value!r} is not a SpanKind; use one of {allowed}")


def _unique_attributes(attributes: Sequence[AttributeSpec], where: str) -> tuple[AttributeSpec, ...]:
    _require_unique([attribute.key for attribute in attributes], f"{where} declares the attribute")
    return tuple(attributes)


def _require_unique(names: list[str], what: str) -> None:
    for name in names:
        if names.count(name) > 1:
            raise DeclarationError(f"{what} {name!r} more than once; keep one of them")
