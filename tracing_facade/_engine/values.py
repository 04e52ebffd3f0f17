"""Attribute values as OTLP can carry them: what does not fit is changed or dropped, counted, and never raises."""

from __future__ import annotations

from typing import Any

from tracing_facade import selfmetrics

_SMALLEST = -(1 << 63)
_LARGEST = (1 << 63) - 1


def utf8(text: str) -> bytes:
    """Return the text as UTF-8; lone surrogates, which UTF-8 cannot carry, become question marks."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode(errors="replace")


def coerced(value: Any) -> Any:
    """Return ``value`` as an exact str, bool, int of 64 bits, float, bytes or tuple of those, or None to drop it.

    An integer beyond 64 bits becomes its decimal digits, a subclass its base class, sequences and sets a tuple, and
    any other object its ``str()``. None, and objects whose ``str()`` fails, are dropped and counted.
    """
    try:
        return _coerced(value)
    except Exception:
        selfmetrics.COUNTERS.add("attributes_dropped", "not_encodable")
        return None


def _coerced(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value) if _SMALLEST <= value <= _LARGEST else _decimal(value)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, bytes):
        return bytes(value)
    if isinstance(value, (list, tuple, set, frozenset)):
        items = (_scalar(item) for item in value)
        return tuple(item for item in items if item is not None)
    if value is None:
        selfmetrics.COUNTERS.add("attributes_dropped", "none")
        return None
    return str(value)


def _scalar(value: Any) -> Any:
    # One level of nesting is all that attributes have (OpenTelemetry specification, Common: Attribute).
    return str(value) if isinstance(value, (list, tuple, set, frozenset)) else _coerced(value)


def _decimal(value: int) -> str:
    # str() refuses integers of more than 4,300 digits; nobody reads one in a trace either.
    return str(value) if value.bit_length() < 1024 else f"<integer of {value.bit_length()} bits>"
