"""A span as a collector sees it: decoded with the official protobuf classes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span


@dataclass(frozen=True)
class ReceivedEvent:
    name: str
    time_ns: int
    attributes: dict[str, Any]


@dataclass(frozen=True)
class ReceivedLink:
    trace_id: str
    span_id: str
    trace_state: str
    flags: int
    attributes: dict[str, Any]


@dataclass(frozen=True)
class ReceivedSpan:
    """One span of an OTLP request; ids are lower-case hexadecimal, ``kind`` and ``status_code`` OTLP's numbers."""

    name: str
    kind: int
    trace_id: str
    span_id: str
    parent_span_id: str
    start_ns: int
    end_ns: int
    attributes: dict[str, Any]
    events: tuple[ReceivedEvent, ...]
    links: tuple[ReceivedLink, ...]
    status_code: int
    status_message: str
    flags: int
    trace_state: str
    scope: str
    resource: dict[str, Any]


def spans_of(request: ExportTraceServiceRequest) -> Iterator[ReceivedSpan]:
    """Yield the spans of one export request, in the order in which they were sent."""
    for resource_spans in request.resource_spans:
        resource = attributes_of(resource_spans.resource.attributes)
        for scope_spans in resource_spans.scope_spans:
            for span in scope_spans.spans:
                yield _received(span, scope_spans.scope.name, resource)


def attributes_of(pairs: Any) -> dict[str, Any]:
    """Return key-value pairs as a dict of plain Python values; a repeated key fails the test."""
    found: dict[str, Any] = {}
    pair: KeyValue
    for pair in pairs:
        assert pair.key not in found, f"attribute {pair.key!r} was sent twice"
        found[pair.key] = value_of(pair.value)
    return found


def value_of(value: AnyValue) -> Any:
    """Return a protobuf value as a plain Python value."""
    kind = value.WhichOneof("value")
    if kind is None:
        return None
    if kind == "array_value":
        return [value_of(item) for item in value.array_value.values]
    if kind == "kvlist_value":
        return attributes_of(value.kvlist_value.values)
    return getattr(value, kind)


def _received(span: Span, scope: str, resource: dict[str, Any]) -> ReceivedSpan:
    return ReceivedSpan(
        name=span.name,
        kind=span.kind,
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_span_id=span.parent_span_id.hex(),
        start_ns=span.start_time_unix_nano,
        end_ns=span.end_time_unix_nano,
        attributes=attributes_of(span.attributes),
        events=tuple(ReceivedEvent(e.name, e.time_unix_nano, attributes_of(e.attributes)) for e in span.events),
        links=tuple(
            ReceivedLink(
                link.trace_id.hex(), link.span_id.hex(), link.trace_state, link.flags, attributes_of(link.attributes)
            )
            for link in span.links
        ),
        status_code=span.status.code,
        status_message=span.status.message,
        flags=span.flags,
        trace_state=span.trace_state,
        scope=scope,
        resource=resource,
    )
