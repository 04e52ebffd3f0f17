"""Decoding OTLP by hand, with the official protobuf classes as the judge."""

from __future__ import annotations

import contextlib
import math
from typing import Any

import pytest
from google.protobuf.message import DecodeError
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tracing_facade.viewer.decoding import MOST_NESTING, decode_request, encode_response
from tracing_facade.viewer.wire import MalformedMessage

_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_scalars = st.one_of(
    _texts.map(lambda value: AnyValue(string_value=value)),
    st.booleans().map(lambda value: AnyValue(bool_value=value)),
    st.integers(-(2**63), 2**63 - 1).map(lambda value: AnyValue(int_value=value)),
    st.floats(allow_nan=False).map(lambda value: AnyValue(double_value=value)),
    st.binary(max_size=20).map(lambda value: AnyValue(bytes_value=value)),
    st.just(AnyValue()),
)


def _pairs(values: st.SearchStrategy[AnyValue]) -> st.SearchStrategy[list[KeyValue]]:
    pairs = st.builds(lambda key, value: KeyValue(key=key, value=value), _texts, values)
    return st.lists(pairs, max_size=4, unique_by=lambda pair: pair.key)


_values = st.recursive(
    _scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda values: AnyValue(array_value=ArrayValue(values=values))),
        _pairs(inner).map(lambda pairs: AnyValue(kvlist_value=KeyValueList(values=pairs))),
    ),
    max_leaves=6,
)
_attributes = _pairs(_values)
_times = st.integers(0, 2**64 - 1)
_span_ids, _trace_ids = st.binary(min_size=8, max_size=8), st.binary(min_size=16, max_size=16)
_events = st.builds(
    lambda name, time, attributes: Span.Event(name=name, time_unix_nano=time, attributes=attributes),
    _texts, _times, _attributes,
)  # fmt: skip
_links = st.builds(
    lambda trace_id, span_id, attributes: Span.Link(trace_id=trace_id, span_id=span_id, attributes=attributes),
    _trace_ids, _span_ids, _attributes,
)  # fmt: skip
_spans = st.builds(
    lambda **fields: Span(**fields),
    trace_id=_trace_ids,
    span_id=_span_ids,
    parent_span_id=st.one_of(st.just(b""), _span_ids),
    trace_state=_texts,
    name=_texts,
    kind=st.integers(0, 5),
    start_time_unix_nano=_times,
    end_time_unix_nano=_times,
    attributes=_attributes,
    dropped_attributes_count=st.integers(0, 5),
    events=st.lists(_events, max_size=2),
    links=st.lists(_links, max_size=2),
    status=st.builds(lambda code, message: Status(code=code, message=message), st.integers(0, 2), _texts),
    flags=st.integers(0, 2**32 - 1),
)


def _request(
    spans: list[Span], resource: list[KeyValue] | None = None, scope: str = "library"
) -> ExportTraceServiceRequest:
    request = ExportTraceServiceRequest()
    group = request.resource_spans.add()
    group.resource.attributes.extend(resource or [])
    scoped = group.scope_spans.add()
    scoped.scope.name = scope
    scoped.spans.extend(spans)
    return request


def _plain(value: AnyValue) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_plain(item) for item in value.array_value.values]
    if kind == "kvlist_value":
        return _dictionary(value.kvlist_value.values)
    return getattr(value, kind) if kind else None


def _dictionary(pairs: Any) -> dict[str, Any]:
    return {pair.key: _plain(pair.value) for pair in pairs}


def _hex(data: bytes) -> str:
    return data.hex() if any(data) else ""


@given(st.lists(_spans, max_size=3), _attributes, _texts)
def test_every_field_reads_as_the_official_classes_wrote_it(
    spans: list[Span], resource: list[KeyValue], scope: str
) -> None:
    """Whatever the official classes encode, the decoder finds the same values."""
    valid = [span for span in spans if any(span.trace_id) and any(span.span_id)]
    decoded = decode_request(_request(spans, resource, scope).SerializeToString())
    assert decoded.rejected == len(spans) - len(valid)
    for found, sent in zip(decoded.spans, valid, strict=True):
        assert (found.trace_id, found.span_id) == (sent.trace_id.hex(), sent.span_id.hex())
        assert (found.parent_span_id, found.trace_state) == (_hex(sent.parent_span_id), sent.trace_state)
        assert (found.name, found.kind) == (sent.name, Span.SpanKind.Name(sent.kind).removeprefix("SPAN_KIND_"))
        assert (found.start_ns, found.end_ns) == (sent.start_time_unix_nano, sent.end_time_unix_nano)
        assert found.attributes == _dictionary(sent.attributes)
        assert [(event.name, event.time_ns, event.attributes) for event in found.events] == [
            (event.name, event.time_unix_nano, _dictionary(event.attributes)) for event in sent.events
        ]
        assert [(link.trace_id, link.span_id, link.attributes) for link in found.links] == [
            (_hex(link.trace_id), _hex(link.span_id), _dictionary(link.attributes)) for link in sent.links
        ]
        assert found.status == Status.StatusCode.Name(sent.status.code).removeprefix("STATUS_CODE_")
        assert (found.status_message, found.flags) == (sent.status.message, sent.flags)
        assert (found.scope, found.resource) == (scope, _dictionary(resource))


@given(_spans, st.data())
def test_damaged_bytes_get_the_verdict_of_the_official_classes(span: Span, data: st.DataObject) -> None:
    """A request that the official classes refuse is refused, and never with any other error.

    The other way round there are differences on purpose: groups, which OTLP never had, are refused.
    """
    encoded = bytearray(_request([span]).SerializeToString())
    position = data.draw(st.integers(0, len(encoded) - 1))
    encoded[position] = data.draw(st.integers(0, 255))
    damaged = bytes(encoded[: data.draw(st.integers(0, len(encoded)))])
    try:
        decode_request(damaged)
    except MalformedMessage:
        return
    try:
        ExportTraceServiceRequest.FromString(damaged)
    except DecodeError as error:
        pytest.fail(f"taken, but the official classes say {error}: {damaged!r}")


@given(st.binary(max_size=200))
def test_random_bytes_raise_nothing_unexpected(data: bytes) -> None:
    """Bytes from a stranger either are a request or raise ``MalformedMessage``."""
    with contextlib.suppress(MalformedMessage):
        decode_request(data)


def _nested(depth: int, value: AnyValue | None = None) -> AnyValue:
    value = value or AnyValue(int_value=1)
    for _ in range(depth):
        value = AnyValue(array_value=ArrayValue(values=[value]))
    return value


def _with_value(value: AnyValue) -> bytes:
    span = Span(trace_id=b"t" * 16, span_id=b"s" * 8, attributes=[KeyValue(key="k", value=value)])
    return _request([span]).SerializeToString()


def test_deep_nesting_is_refused() -> None:
    """A value may be nested as deep as the bound says, and not deeper."""
    assert decode_request(_with_value(_nested(MOST_NESTING))).spans
    with pytest.raises(MalformedMessage, match="nested more than"):
        decode_request(_with_value(_nested(MOST_NESTING + 1)))


def test_many_tiny_messages_are_refused() -> None:
    """Two bytes make an event; a request cannot make the viewer build millions of them."""
    span = Span(trace_id=b"t" * 16, span_id=b"s" * 8, events=[Span.Event()] * 200)
    with pytest.raises(MalformedMessage, match="more fields than"):
        decode_request(_request([span]).SerializeToString(), most_fields=100)


def test_a_large_value_is_not_copied_again_and_again() -> None:
    """Each level of nesting holds what is inside of it, so their sum is bounded too."""
    data = _with_value(_nested(20, AnyValue(string_value="x" * 100_000)))
    assert decode_request(data, most_data=10_000_000).spans
    with pytest.raises(MalformedMessage, match="send smaller batches"):
        decode_request(data, most_data=1_000_000)


@pytest.mark.parametrize("number", [0, 10_000])
def test_a_span_weighs_what_its_parts_take(number: int) -> None:
    """An event of two bytes takes a hundred times as much once it is decoded, and the store has to know."""
    span = Span(trace_id=b"t" * 16, span_id=b"s" * 8, events=[Span.Event()] * number)
    (decoded,) = decode_request(_request([span]).SerializeToString()).spans
    assert number * 64 <= decoded.size <= number * 100 + 300


def test_a_span_weighs_what_its_large_resource_takes() -> None:
    """Or a store of small spans could hold any number of large resources."""
    request = _request([Span(trace_id=b"t" * 16, span_id=b"s" * 8)])
    request.resource_spans[0].resource.attributes.append(KeyValue(key="k", value=AnyValue(string_value="x" * 100_000)))
    (decoded,) = decode_request(request.SerializeToString()).spans
    assert decoded.size > 90_000


def test_a_value_that_is_no_number_is_one() -> None:
    """NaN arrives as NaN."""
    (span,) = decode_request(_with_value(AnyValue(double_value=math.nan))).spans
    assert math.isnan(float(str(span.attributes["k"])))


def test_the_answer_admits_to_rejected_spans() -> None:
    """The official classes read the partial success; with nothing rejected the answer is empty."""
    assert encode_response(0) == b""
    answer = ExportTraceServiceResponse.FromString(encode_response(3))
    assert answer.partial_success.rejected_spans == 3
    assert "16 bytes" in answer.partial_success.error_message
