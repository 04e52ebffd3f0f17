"""Finished spans, given or generated, as our encoder and as OpenTelemetry's encoder want them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link as OfficialLink
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags, TraceState

from tracing_facade._engine.interface import Link
from tracing_facade._engine.trace import Trace

HAS_IS_REMOTE = 0x100
IS_REMOTE = 0x200
SCOPE = "test.scope"

_OFFICIAL_KINDS = [SpanKind.INTERNAL, SpanKind.SERVER, SpanKind.CLIENT, SpanKind.PRODUCER, SpanKind.CONSUMER]


@dataclass
class FinishedSpan:
    """A span as the encoder reads it, without an engine behind it."""

    name: str = "work"
    kind: int = 1
    trace: Trace = field(default_factory=lambda: Trace("0af7651916cd43dd8448eb211c80319c", 1))
    span_id: str = "b7ad6b7169203331"
    parent_span_id: str = ""
    parent_is_remote: bool = False
    start_ns: int = 1_700_000_000_000_000_000
    end_ns: int = 1_700_000_000_000_001_000
    attributes: Mapping[str, Any] | None = None
    events: Sequence[tuple[str, int, Mapping[str, Any] | None]] | None = None
    links: Sequence[Link] | None = None
    status_code: int = 0
    status_description: str = ""
    scope: str = SCOPE


def official(span: FinishedSpan, resource: Mapping[str, Any]) -> ReadableSpan:
    """Return the same span as OpenTelemetry's SDK would hand it to an exporter."""
    trace = span.trace
    parent = None
    if span.parent_span_id:
        parent = _context(trace.trace_id, span.parent_span_id, trace.flags, "", span.parent_is_remote)
    return ReadableSpan(
        name=span.name,
        context=_context(trace.trace_id, span.span_id, trace.flags, trace.tracestate, False),
        parent=parent,
        resource=Resource(dict(resource)),
        attributes=span.attributes,
        events=[Event(name, attributes, time_ns) for name, time_ns, attributes in span.events or ()],
        links=[OfficialLink(_link_context(link), link.attributes) for link in span.links or ()],
        kind=_OFFICIAL_KINDS[span.kind - 1],
        status=Status(StatusCode(span.status_code), span.status_description or None),
        start_time=span.start_ns,
        end_time=span.end_ns,
        instrumentation_scope=InstrumentationScope(span.scope),
    )


def _link_context(link: Link) -> SpanContext:
    return _context(link.trace_id, link.span_id, link.flags & 0xFF, link.tracestate, bool(link.flags & IS_REMOTE))


def _context(trace_id: str, span_id: str, flags: int, tracestate: str, remote: bool) -> SpanContext:
    state = TraceState.from_header([tracestate]) if tracestate else TraceState()
    return SpanContext(int(trace_id, 16), int(span_id, 16), remote, TraceFlags(flags), state)


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
integers = st.integers(-(1 << 63), (1 << 63) - 1) | st.integers(-200, 200)
floats = st.floats(allow_nan=False)
scalars = texts | st.booleans() | integers | floats | st.binary(max_size=200) | st.none()
lists = st.lists(scalars, max_size=5) | st.lists(scalars, max_size=5).map(tuple)
values = scalars | lists | st.dictionaries(texts, scalars | lists, max_size=3)
attributes = st.none() | st.dictionaries(texts, values, max_size=6)
times = st.integers(1, (1 << 64) - 1)
trace_ids = st.integers(1, (1 << 128) - 1).map("{:032x}".format)
span_ids = st.integers(1, (1 << 64) - 1).map("{:016x}".format)
tracestates = st.sampled_from(["", "a=1", "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7"])
flags = st.integers(0, 3)
links = st.builds(
    Link,
    trace_ids,
    span_ids,
    tracestates,
    flags.flatmap(lambda w3c: st.sampled_from([w3c | HAS_IS_REMOTE, w3c | HAS_IS_REMOTE | IS_REMOTE])),
    attributes,
)


@st.composite
def finished_spans(draw: st.DrawFn) -> FinishedSpan:
    """Generate spans with everything a span can have; descriptions only where OpenTelemetry keeps them."""
    status = draw(st.integers(0, 2))
    parent = draw(st.just("") | span_ids)
    return FinishedSpan(
        name=draw(texts),
        kind=draw(st.integers(1, 5)),
        trace=Trace(draw(trace_ids), draw(flags), draw(tracestates)),
        span_id=draw(span_ids),
        parent_span_id=parent,
        parent_is_remote=bool(parent) and draw(st.booleans()),
        start_ns=draw(times),
        end_ns=draw(times),
        attributes=draw(attributes),
        events=draw(st.none() | st.lists(st.tuples(texts, times, attributes), max_size=3)),
        links=draw(st.none() | st.lists(links, max_size=3)),
        status_code=status,
        status_description=draw(texts) if status == 2 else "",
    )
