"""The little of the protobuf wire format that OTLP needs, so that no library has to be loaded for it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

_VARINT, _FIXED64, _DELIMITED, _FIXED32 = 0, 1, 2, 5
_MASK64 = 0xFFFF_FFFF_FFFF_FFFF

SMALL = tuple(bytes((number,)) for number in range(128))
"""The varints of one byte, by their number."""


def varint(value: int) -> bytes:
    """Return ``value`` as a varint; negative numbers as their two's complement of 64 bits, as ``int64`` wants it."""
    if 0 <= value < 128:
        return SMALL[value]
    value &= _MASK64
    digits = bytearray()
    while value > 127:
        digits.append(value & 127 | 128)
        value >>= 7
    digits.append(value)
    return bytes(digits)


@lru_cache(maxsize=8192)
def head(tag: int, length: int) -> bytes:
    """Return what stands before the content of a delimited field: its tag and its length."""
    return SMALL[tag] + varint(length)


def delimited(tag: int, content: bytes) -> bytes:
    """Return a delimited field: a string, bytes or a message."""
    return head(tag, len(content)) + content


def fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield the fields of a message as number and value: an int for varints, else the raw bytes.

    Raises:
        ValueError: the bytes are no protobuf message.
    """
    position = 0
    while position < len(message):
        key, position = _read_varint(message, position)
        number, kind = key >> 3, key & 7
        if kind == _VARINT:
            value, position = _read_varint(message, position)
            yield number, value
            continue
        if kind == _DELIMITED:
            size, position = _read_varint(message, position)
        elif kind in (_FIXED64, _FIXED32):
            size = 8 if kind == _FIXED64 else 4
        else:
            raise ValueError(f"wire type {kind} of field {number} is not in use")
        if position + size > len(message):
            raise ValueError(f"field {number} ends after the message")
        yield number, message[position : position + size]
        position += size


def int64(value: int | bytes) -> int:
    """Return a varint that was read as the signed number it stands for.

    Raises:
        ValueError: the field is of another type.
    """
    if not isinstance(value, int):
        raise ValueError("a number was expected")
    return value - (1 << 64) if value >> 63 else value


def text(value: int | bytes) -> str:
    """Return a delimited field that was read as text; what is no UTF-8 becomes U+FFFD.

    Raises:
        ValueError: the field is of another type.
    """
    return message(value).decode("utf-8", "replace")


def message(value: int | bytes) -> bytes:
    """Return a delimited field that was read as bytes, for example to read it with ``fields`` again.

    Raises:
        ValueError: the field is of another type.
    """
    if isinstance(value, int):
        raise ValueError("a delimited field was expected")
    return value


def _read_varint(message: bytes, position: int) -> tuple[int, int]:
    value = 0
    for index, byte in enumerate(message[position : position + 10]):
        value |= (byte & 127) << 7 * index
        if byte < 128:
            return value & _MASK64, position + index + 1
    raise ValueError("a varint does not end")
