"""From the bytes of an OTLP ``ExportTraceServiceRequest`` to spans, without a protobuf library.

Field numbers are those of opentelemetry-proto, ``trace/v1/trace.proto`` and ``common/v1/common.proto``. The sender is
trusted with nothing: nesting, and the number of fields in one request, are bounded.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from tracing_facade.viewer.span import Attributes, Value, ViewedEvent, ViewedLink, ViewedSpan
from tracing_facade.viewer.wire import (
    BYTES,
    FIXED32,
    FIXED64,
    VARINT,
    Budget,
    MalformedMessage,
    Message,
    encode_bytes,
    encode_integer,
)

MOST_NESTING = 32
MOST_FIELDS = 2_000_000
MOST_DATA = 256 * 1024 * 1024
_BYTES_PER_FIELD = 64
# A resource is shared by its spans; what a usual one takes is not charged to each of them.
_FREE_RESOURCE = 4_096

_KINDS = ("UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER")
_STATUSES = ("UNSET", "OK", "ERROR")


class DecodedRequest(NamedTuple):
    """The spans of a request; ``rejected`` counts those without valid identifiers."""

    spans: list[ViewedSpan]
    rejected: int


def decode_request(data: bytes, *, most_fields: int = MOST_FIELDS, most_data: int = MOST_DATA) -> DecodedRequest:
    """Return the spans of an encoded ``ExportTraceServiceRequest``.

    Raises:
        MalformedMessage: the bytes are not such a message, or go beyond the bounds above.
    """
    budget = Budget(most_fields, most_data)
    found = list(_spans(Message(data, budget), budget))
    spans = [span for span in found if span.trace_id and span.span_id]
    return DecodedRequest(spans, len(found) - len(spans))


def encode_response(rejected: int) -> bytes:
    """Return the ``ExportTraceServiceResponse`` that admits to ``rejected`` spans; none is the empty message."""
    if not rejected:
        return b""
    reason = b"a span needs a trace id of 16 bytes and a span id of 8 bytes, not all zero"
    return encode_bytes(1, encode_integer(1, rejected) + encode_bytes(2, reason))


def _spans(request: Message, budget: Budget) -> Iterator[ViewedSpan]:
    for resource_spans in request.messages(1):
        fields = budget.fields
        described = resource_spans.message(1)
        resource = _attributes(described, 1)
        shared = _memory(described.size, budget.fields - fields)
        for scope_spans in resource_spans.messages(2):
            scope = scope_spans.message(1)
            extra = max(0, shared + scope.size - _FREE_RESOURCE)
            fields = budget.fields
            for message in scope_spans.messages(2):
                span = _span(message, scope.text(1), resource)
                yield replace(span, size=_memory(message.size, budget.fields - fields) + extra)
                fields = budget.fields


def _memory(size: int, fields: int) -> int:
    """Return roughly what a message takes once it is decoded."""
    return size + fields * _BYTES_PER_FIELD


def _span(message: Message, scope: str, resource: Attributes) -> ViewedSpan:
    status = message.message(15)
    return ViewedSpan(
        trace_id=message.identifier(1, 16),
        span_id=message.identifier(2, 8),
        trace_state=message.text(3),
        parent_span_id=message.identifier(4, 8),
        name=message.text(5),
        kind=_word(_KINDS, message.integer(6)),
        start_ns=message.integer(7, FIXED64),
        end_ns=message.integer(8, FIXED64),
        attributes=_attributes(message, 9),
        events=tuple(_event(event) for event in message.messages(11)),
        links=tuple(_link(link) for link in message.messages(13)),
        status=_word(_STATUSES, status.integer(3)),
        status_message=status.text(2),
        flags=message.integer(16, FIXED32),
        scope=scope,
        resource=resource,
    )


def _event(message: Message) -> ViewedEvent:
    return ViewedEvent(message.text(2), message.integer(1, FIXED64), _attributes(message, 3))


def _link(message: Message) -> ViewedLink:
    return ViewedLink(message.identifier(1, 16), message.identifier(2, 8), _attributes(message, 4))


def _attributes(message: Message, number: int, nesting: int = 0) -> dict[str, Value]:
    return {pair.text(1): _value(pair.message(2), nesting) for pair in message.messages(number)}


def _value(message: Message, nesting: int) -> Value:
    if nesting > MOST_NESTING:
        raise MalformedMessage(f"a value is nested more than {MOST_NESTING} deep")
    if message.has(5):
        return [_value(item, nesting + 1) for item in message.message(5).messages(1)]
    if message.has(6):
        return _attributes(message.message(6), 1, nesting + 1)
    return next(
        (read(message) for (number, wire_type), read in _SCALARS.items() if message.has(number, wire_type)), None
    )


def _signed(number: int) -> int:
    return number - (1 << 64) if number >= 1 << 63 else number


def _double(number: int) -> float:
    value: float = struct.unpack("<d", number.to_bytes(8, "little"))[0]
    return value


_SCALARS: dict[tuple[int, int], Callable[[Message], Value]] = {
    (1, BYTES): lambda message: message.text(1),
    (2, VARINT): lambda message: message.integer(2) != 0,
    (3, VARINT): lambda message: _signed(message.integer(3)),
    (4, FIXED64): lambda message: _double(message.integer(4, FIXED64)),
    (7, BYTES): lambda message: message.data(7),
}


def _word(words: tuple[str, ...], number: int) -> str:
    return words[number] if number < len(words) else words[0]
