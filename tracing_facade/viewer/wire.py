"""The protobuf wire format: reading an encoded message by field numbers, and writing the few fields an answer has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
_WIDTH = {FIXED64: 8, FIXED32: 4}
_LARGEST_NUMBER = 63  # OTLP has none above 16; others are skipped, so that they take no memory

Field: TypeAlias = "tuple[int, int, int | bytes]"


class MalformedMessage(ValueError):
    """The bytes are not the message that they should be; the text says where and why."""


def read_fields(data: bytes) -> Iterator[Field]:
    """Yield (field number, wire type, value) of each field in order; fixed-width values are unsigned integers.

    Raises:
        MalformedMessage: the bytes end early, or are no fields at all.
    """
    position, end = 0, len(data)
    while position < end:
        tag, position = _read_varint(data, position)
        number, wire_type = tag >> 3, tag & 7
        if not 0 < number < 1 << 29:
            raise MalformedMessage(f"byte {position}: {number} is no field number")
        if wire_type == VARINT:
            value, position = _read_varint(data, position)
            yield number, VARINT, value
            continue
        if wire_type == BYTES:
            length, position = _read_varint(data, position)
        elif wire_type in _WIDTH:
            length = _WIDTH[wire_type]
        else:
            raise MalformedMessage(f"byte {position}: field {number} has the wire type {wire_type}, which OTLP has not")
        chunk = data[position : position + length]
        if len(chunk) < length:
            raise MalformedMessage(f"byte {position}: field {number} wants {length} bytes, {len(chunk)} are left")
        position += length
        yield number, wire_type, chunk if wire_type == BYTES else int.from_bytes(chunk, "little")


def _read_varint(data: bytes, position: int) -> tuple[int, int]:
    result = shift = 0
    while shift < 70:
        if position >= len(data):
            raise MalformedMessage(f"byte {position}: the message ends within a number")
        byte = data[position]
        position += 1
        result |= (byte & 0x7F) << shift
        if byte < 0x80:
            return result & 0xFFFF_FFFF_FFFF_FFFF, position
        shift += 7
    raise MalformedMessage(f"byte {position}: a number is longer than ten bytes")


class Budget:
    """What one request may make the viewer keep in memory: a limit of bytes alone is not enough, since the smallest
    field takes two of them, and what is nested is copied once for each level.

    Args:
        fields: texts, bytes and messages, at most.
        data: bytes of all messages together, those inside of others included, at most.
    """

    def __init__(self, fields: int, data: int) -> None:
        self._most_fields = fields
        self._most_data = data
        self.fields = 0
        """How many there were so far."""
        self._data = 0

    def spend(self, fields: int, data: int) -> None:
        """Count what one message holds; raise ``MalformedMessage`` when it is too much."""
        self.fields += fields
        self._data += data
        if self.fields > self._most_fields or self._data > self._most_data:
            raise MalformedMessage("the request holds more fields than the viewer takes at once: send smaller batches")


class Message:
    """One encoded message; a field that is absent or of another wire type reads as empty, as protobuf has it."""

    def __init__(self, data: bytes, budget: Budget) -> None:
        self.size = len(data)
        self._budget = budget
        self._integers: dict[tuple[int, int], int] = {}
        self._chunks: dict[int, list[bytes]] = {}
        budget.spend(0, len(data))
        for number, wire_type, value in read_fields(data):
            if number > _LARGEST_NUMBER:
                continue
            if isinstance(value, bytes):
                budget.spend(1, 0)
                self._chunks.setdefault(number, []).append(value)
            else:
                self._integers[number, wire_type] = value

    def has(self, number: int, wire_type: int = BYTES) -> bool:
        """Tell whether field ``number`` is there, be it empty or 0."""
        return number in self._chunks if wire_type == BYTES else (number, wire_type) in self._integers

    def integer(self, number: int, wire_type: int = VARINT) -> int:
        """Return the unsigned integer in field ``number``, or 0."""
        return self._integers.get((number, wire_type), 0)

    def data(self, number: int) -> bytes:
        """Return the bytes in field ``number``, or none."""
        return self._chunks.get(number, [b""])[-1]

    def text(self, number: int) -> str:
        """Return the string in field ``number``, or the empty one."""
        try:
            return self.data(number).decode("utf-8")
        except UnicodeDecodeError as error:
            raise MalformedMessage(f"field {number} is not UTF-8: {error}") from None

    def identifier(self, number: int, length: int) -> str:
        """Return the ``length`` bytes in field ``number`` in hexadecimal, or "" when they are zero or not as many."""
        found = self.data(number)
        return found.hex() if len(found) == length and any(found) else ""

    def messages(self, number: int) -> Iterator[Message]:
        """Yield the messages in the repeated field ``number``."""
        return (Message(chunk, self._budget) for chunk in self._chunks.get(number, []))

    def message(self, number: int) -> Message:
        """Return the message in field ``number``; occurrences are merged, which is the same as joining their bytes."""
        return Message(b"".join(self._chunks.get(number, [])), self._budget)


def encode_varint(value: int) -> bytes:
    """Return a non-negative integer as a varint."""
    encoded = bytearray()
    while value >= 0x80:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def encode_integer(number: int, value: int) -> bytes:
    """Return field ``number`` holding a non-negative integer."""
    return encode_varint(number << 3 | VARINT) + encode_varint(value)


def encode_bytes(number: int, value: bytes) -> bytes:
    """Return field ``number`` holding bytes, a string in UTF-8 or an encoded message."""
    return encode_varint(number << 3 | BYTES) + encode_varint(len(value)) + value
