"""What spans and attributes can be: the kinds of spans, and the types of attribute values with their names."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Any, TypeAlias

AttributeValue: TypeAlias = str | bool | int | float | Sequence[str] | Sequence[bool] | Sequence[int] | Sequence[float]
"""What an attribute may hold (OpenTelemetry specification, Common: Attribute)."""

TYPE_NAMES: dict[Any, str] = {
    str: "str", bool: "bool", int: "int", float: "float",
    list[str]: "list[str]", list[bool]: "list[bool]", list[int]: "list[int]", list[float]: "list[float]",
}  # fmt: skip
"""The types that an attribute can be declared with, each with the name it has in files."""

ITEM_TYPES: dict[Any, Any] = {list[str]: str, list[bool]: bool, list[int]: int, list[float]: float}
"""The types that are lists, each with the type of its items."""


class SpanKind(enum.IntEnum):
    """The role of a span in its trace, with the numbers of OTLP (``opentelemetry.proto.trace.v1.Span.SpanKind``)."""

    INTERNAL = 1
    SERVER = 2
    CLIENT = 3
    PRODUCER = 4
    CONSUMER = 5


def is_of_type(value: object, declared: Any) -> bool:
    """Tell whether a value is what a declaration says; a whole number is a ``float`` too, a ``bool`` no number."""
    item = ITEM_TYPES.get(declared)
    if item is not None:
        return isinstance(value, (list, tuple)) and all(is_of_type(each, item) for each in value)
    if isinstance(value, bool):
        return declared is bool
    return isinstance(value, (int, float) if declared is float else declared)
