"""Tests of the OTLP encoder, with the official protobuf classes and OpenTelemetry's own encoder as the oracle."""

from __future__ import annotations

import enum
import math
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans as official_encoder
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.support.finished_spans import SCOPE, FinishedSpan, finished_spans, official
from tests.support.received_span import attributes_of, spans_of
from tracing_facade import selfmetrics
from tracing_facade._engine import encoding
from tracing_facade._engine.interface import Link
from tracing_facade._engine.shape import Shape
from tracing_facade._engine.span import RecordedSpan
from tracing_facade._engine.trace import Trace

RESOURCE = {"service.name": "shop", "replicas": 3, "zones": ["a", "b"]}


def decoded(*spans: Any) -> ExportTraceServiceRequest:
    """Return what a collector reads of the spans."""
    resource = encoding.encode_resource(RESOURCE)
    request = ExportTraceServiceRequest()
    request.ParseFromString(encoding.encode_request(resource, [(SCOPE, encoding.encode_spans(spans))]))
    return request


def decoded_span(**values: Any) -> Span:
    """Return one span with these values as a collector reads it."""
    (resource_spans,) = decoded(FinishedSpan(**values)).resource_spans
    (scope_spans,) = resource_spans.scope_spans
    span: Span
    (span,) = scope_spans.spans
    return span


def exported(value: Any) -> Any:
    """Return what arrives when an attribute has this value."""
    return attributes_of(decoded_span(attributes={"key": value}).attributes)["key"]


@pytest.fixture
def coerced() -> Callable[[], dict[str, int]]:
    """Return a function that tells what was counted as coerced since the test began."""
    before = selfmetrics.COUNTERS.snapshot()

    def since() -> dict[str, int]:
        now = selfmetrics.COUNTERS.snapshot()
        found = {key: now[key] - before.get(key, 0) for key in now if key[0] == "attributes_coerced"}
        return {reason: number for (_name, reason), number in found.items() if number}

    return since


def with_our_flags(request: ExportTraceServiceRequest, spans: list[FinishedSpan]) -> ExportTraceServiceRequest:
    """Add what OTLP asks for and OpenTelemetry's encoder leaves out: W3C flags, and the tracestate of links."""
    for sent, span in zip(request.resource_spans[0].scope_spans[0].spans, spans, strict=True):
        sent.flags |= span.trace.flags
        for sent_link, link in zip(sent.links, span.links or (), strict=True):
            sent_link.flags |= link.flags
            sent_link.trace_state = link.tracestate
    return request


@settings(max_examples=300, deadline=None)
@given(st.lists(finished_spans(), min_size=1, max_size=3))
def test_generated_spans_decode_to_what_opentelemetry_encodes(spans: list[FinishedSpan]) -> None:
    """Apart from what its encoder leaves out, the message is the same one as OpenTelemetry's, twice in a row."""
    expected = with_our_flags(official_encoder([official(span, RESOURCE) for span in spans]), spans)
    assert decoded(*spans) == expected
    assert decoded(*spans) == expected, "the caches changed something"


def test_a_span_of_the_engine_is_encoded() -> None:
    """The encoder reads what the engine records."""
    ended: list[RecordedSpan] = []
    shape = Shape("handle", 2, scope="my.scope")
    span = RecordedSpan().begin(ended.append, shape, Trace("ab" * 16, 3, "a=1"), int("cd" * 8, 16), {"code": 200})
    span.add_event("checked", {"ok": True})
    span.set_status(False, "broken")
    span.end()
    (received,) = spans_of(decoded(*ended))
    assert (received.name, received.kind, received.trace_id, received.parent_span_id) == (
        "handle", 2, "ab" * 16, "cd" * 8,
    )  # fmt: skip
    assert (received.start_ns, received.end_ns) == (span.start_ns, span.end_ns)
    assert received.attributes == {"code": 200}
    assert [(event.name, event.attributes) for event in received.events] == [("checked", {"ok": True})]
    assert (received.status_code, received.status_message, received.trace_state) == (2, "broken", "a=1")


@pytest.mark.parametrize(
    ("remote", "expected"), [(False, 0x101), (True, 0x301)], ids=["parent in this process", "remote parent"]
)
def test_flags_tell_whether_the_parent_is_remote(remote: bool, expected: int) -> None:
    """Bits 8 and 9 tell that it is known and what it is; the W3C flags are below."""
    assert decoded_span(parent_span_id="cd" * 8, parent_is_remote=remote).flags == expected


def test_a_link_that_does_not_know_says_nothing_about_remoteness() -> None:
    """Only the W3C flags are sent for a link whose flags have no bits 8 and 9."""
    (link,) = decoded_span(links=[Link("ab" * 16, "cd" * 8, "", 1)]).links
    assert link.flags == 1


def test_several_scopes_stay_apart() -> None:
    """Each scope is a group of its own below the one resource."""
    one = encoding.encode_spans([FinishedSpan(name="one")])
    two = encoding.encode_spans([FinishedSpan(name="two")])
    payload = encoding.encode_request(encoding.encode_resource(RESOURCE), [("first", one), ("second", two)])
    received = list(spans_of(ExportTraceServiceRequest.FromString(payload)))
    assert [(span.scope, span.name) for span in received] == [("first", "one"), ("second", "two")]
    assert all(span.resource == RESOURCE for span in received)


@pytest.mark.parametrize(
    ("first", "second"), [(1, True), (0, False), (1, 1.0), ("1", 1), ("", b"")], ids=lambda value: repr(value)
)
def test_equal_values_of_different_types_keep_their_types(first: Any, second: Any) -> None:
    """What Python holds for equal is not confused by the caches, whichever comes first."""
    for value in (first, second, first, second):
        arrived = exported(value)
        assert (arrived, type(arrived)) == (value, type(value))


def test_more_values_than_the_caches_hold() -> None:
    """Values beyond the room of the caches arrive like all others."""
    for number in range(200):
        assert exported(f"value-{number}") == f"value-{number}"
        assert exported(number * 7919) == number * 7919
        key = f"key-{number}" * 10
        assert attributes_of(decoded_span(attributes={key: "v"}).attributes) == {key: "v"}


class Colour(str, enum.Enum):
    RED = "red"


class Number(enum.IntEnum):
    TWO = 2


class WholeNumber:
    """Like the integers of numpy."""

    def __index__(self) -> int:
        return 41


class Unreadable:
    def __str__(self) -> str:
        raise RuntimeError("no text")


class BrokenList(list[int]):
    def __iter__(self) -> Iterator[int]:
        raise RuntimeError("no items")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(Colour.RED, "red", id="enumeration of strings"),
        pytest.param(Number.TWO, 2, id="enumeration of numbers"),
        pytest.param(bytearray(b"\x00\xff"), b"\x00\xff", id="bytearray"),
        pytest.param(memoryview(b"\x00\xff"), b"\x00\xff", id="memoryview"),
        pytest.param(["a", 1, 2.5, True, None, b"b"], ["a", 1, 2.5, True, None, b"b"], id="mixed list"),
        pytest.param({"only"}, ["only"], id="set"),
        pytest.param([], [], id="empty list"),
        pytest.param({"a": {"b": [1, {"c": None}]}}, {"a": {"b": [1, {"c": None}]}}, id="nested"),
        pytest.param({1: "a"}, {"1": "a"}, id="mapping with number as key"),
        pytest.param(None, None, id="None"),
        pytest.param(math.inf, math.inf, id="infinity"),
        pytest.param(-(1 << 63), -(1 << 63), id="smallest integer"),
        pytest.param((1 << 63) - 1, (1 << 63) - 1, id="largest integer"),
        pytest.param(WholeNumber(), 41, id="integer of another library"),
    ],
)
def test_values_otlp_can_hold_arrive_unchanged(
    value: Any, expected: Any, coerced: Callable[[], dict[str, int]]
) -> None:
    """Nothing is lost and nothing is counted."""
    assert exported(value) == expected
    assert coerced() == {}


def nested(depth: int) -> list[Any]:
    """Return an empty list inside ``depth`` others."""
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


ITSELF: list[Any] = []
ITSELF.append(ITSELF)


@pytest.mark.parametrize(
    ("value", "expected", "reason"),
    [
        pytest.param("a\ud800b", "a\ufffdb", "surrogates", id="lone surrogate"),
        pytest.param("\ud83d\ude00", "\U0001f600", "surrogates", id="surrogate pair"),
        pytest.param(1 << 63, "9223372036854775808", "integer_range", id="integer just too large"),
        pytest.param(-(1 << 63) - 1, "-9223372036854775809", "integer_range", id="integer just too small"),
        pytest.param(1 << 100_000, "<integer of 100001 bits>", "integer_range", id="integer beyond reading"),
        pytest.param(Decimal("1.10"), "1.10", "object", id="decimal"),
        pytest.param([Decimal(1), "a"], ["1", "a"], "object", id="object in a list"),
        pytest.param(Unreadable(), "<Unreadable whose text cannot be read>", "unreadable", id="no text"),
        pytest.param({Unreadable(): 1}, {"<Unreadable whose text cannot be read>": 1}, "unreadable", id="key, no text"),
        pytest.param(BrokenList([1]), "<BrokenList whose items cannot be read>", "unreadable", id="no items"),
        pytest.param(nested(20), None, "too_deep", id="deep"),
        pytest.param(ITSELF, None, "too_deep", id="containing itself"),
    ],
)
def test_values_otlp_cannot_hold_become_readable_and_are_counted(
    value: Any, expected: Any, reason: str, coerced: Callable[[], dict[str, int]]
) -> None:
    """The span arrives, with something a reader understands in place of the value."""
    arrived = exported(value)
    assert expected is None or arrived == expected
    assert coerced()[reason] == 1


@pytest.mark.parametrize("name", ["a\ud800b", 17, Unreadable(), "n" * 100_000], ids=["surrogate", "int", "bad", "long"])
def test_odd_names_do_not_cost_the_span(name: Any) -> None:
    """Names of spans and events, and keys, are made text like values."""
    span = decoded_span(name=name, attributes={name: 1}, events=[(name, 1, {name: 1})])
    expected = {"a\ud800b": "a\ufffdb", 17: "17"}.get(name, name)
    if isinstance(name, Unreadable):
        expected = "<Unreadable whose text cannot be read>"
    assert span.name == span.events[0].name == span.attributes[0].key == expected


@pytest.mark.parametrize(
    ("given_ns", "expected"), [(-1, 0), (1 << 64, (1 << 64) - 1), (None, 0), (12.5, 12), (math.nan, 0)]
)
def test_times_outside_of_otlp_are_brought_to_its_bounds(given_ns: Any, expected: int) -> None:
    """A wrong clock costs the time, not the span."""
    span = decoded_span(start_ns=given_ns, end_ns=5, events=[("e", given_ns, None)])
    assert (span.start_time_unix_nano, span.end_time_unix_nano, span.events[0].time_unix_nano) == (
        expected, 5, expected,
    )  # fmt: skip


def test_a_span_without_valid_identifiers_is_left_out_and_counted() -> None:
    """Such a span could not be read by anybody; the others of its batch are sent."""
    before = selfmetrics.COUNTERS.snapshot().get(("spans_dropped", "encode"), 0)
    request = decoded(FinishedSpan(name="a"), FinishedSpan(name="b", span_id="xyz"), FinishedSpan(name="c"))
    assert [span.name for span in spans_of(request)] == ["a", "c"]
    assert selfmetrics.COUNTERS.snapshot()["spans_dropped", "encode"] == before + 1
