"""Turns what is known about a value into the value itself and back, within limits on its size."""

from __future__ import annotations

from lint_plugin.dataflow.values import UNKNOWN, Constant, Items, Table, Value

LONGEST_TEXT = 65_536
MOST_ITEMS = 4_096
LARGEST_NUMBER_BITS = 8_192

_SCALARS = (str, bytes, int, float, complex, bool, type(None), type(Ellipsis), slice)
_VIEWS: tuple[type, ...] = (type({}.keys()), type({}.values()), type({}.items()))
_ITERATORS: tuple[type, ...] = (range, map, filter, zip, enumerate, reversed, *_VIEWS)


class NotConstantError(Exception):
    """The value is not known, or too large to be followed."""


def concrete(value: Value) -> object:
    """Return the value as an object of the language.

    Raises:
        NotConstantError: it is not known in full, or too large.
    """
    return _concrete(value, [MOST_ITEMS])


def _concrete(value: Value, room: list[int]) -> object:
    room[0] -= 1
    if room[0] < 0:
        raise NotConstantError
    if isinstance(value, Constant):
        return value.data
    if isinstance(value, Items):
        return value.kind(_concrete(item, room) for item in value.items)
    if isinstance(value, Table):
        return {key: _concrete(item, room) for key, item in value.entries.items()}
    raise NotConstantError


def concrete_text(value: Value) -> str | None:
    """Return the text that a value is, or ``None``."""
    return value.data if isinstance(value, Constant) and isinstance(value.data, str) else None


def lifted(data: object) -> Value:
    """Return what is known about an object: all of it, or nothing when it is too large or of another kind."""
    if isinstance(data, bytearray):
        data = bytes(data)
    if isinstance(data, _SCALARS):
        return Constant(data) if _fits(data) else UNKNOWN
    if isinstance(data, dict):
        return Table({key: lifted(item) for key, item in data.items()}) if len(data) <= MOST_ITEMS else UNKNOWN
    if isinstance(data, (list, tuple, set, frozenset)):
        kind = type(data) if type(data) in (list, tuple, set, frozenset) else tuple
        return Items([lifted(item) for item in data], kind) if len(data) <= MOST_ITEMS else UNKNOWN
    return _lifted_iterator(data)


def _lifted_iterator(data: object) -> Value:
    if isinstance(data, range) and len(data) > MOST_ITEMS:
        return UNKNOWN
    if isinstance(data, _ITERATORS):
        return Items([lifted(item) for item in data])  # type: ignore[attr-defined]  # all of them can be iterated
    return UNKNOWN


def _fits(data: object) -> bool:
    if isinstance(data, (str, bytes)):
        return len(data) <= LONGEST_TEXT
    return data.bit_length() <= LARGEST_NUMBER_BITS if isinstance(data, int) else True
