"""Both engines do the same: whatever a program does with spans, the same arrives."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import tracing_facade as tracing
from tests.support.finished_spans import SCOPE, FinishedSpan, finished_spans
from tests.tracing_facade._engine.native.operations import programs, received
from tests.tracing_facade.test_encoding import decoded
from tracing_facade._engine import encoding, engine
from tracing_facade._engine.trace import Trace
from tracing_facade.policy.settings import Policy
from tracing_facade.propagation import TraceParent

POLICIES = [
    None,
    Policy(),
    Policy(max_distinct_values=2, max_distinct_names=2, max_value_length=50, max_key_length=10),
    Policy(detect_secrets=False, max_distinct_names=1),
    Policy(max_span_bytes=90),
]


@settings(max_examples=400, deadline=None)
@given(programs, st.sampled_from([0, 500_000, 1_000_000]), st.sampled_from(POLICIES))
@example([("enter", "shop.checkout", {"a": 1}), ("link", 0)], 1_000_000, Policy(max_span_bytes=90))
def test_a_program_leaves_the_same_spans(program: list[tuple[Any, ...]], rate: int, policy: Policy | None) -> None:
    """Names, parents, attributes in their order, events, links, statuses and flags."""
    assert received(engine.NATIVE, program, rate, policy) == received(engine.PYTHON, program, rate, policy)


@settings(max_examples=300, deadline=None)
@given(finished_spans())
def test_generated_spans_are_encoded_as_in_python(wanted: FinishedSpan) -> None:
    """Byte for byte, and the Python code is compared with OpenTelemetry's own encoder."""
    arena = engine.new_buffer(10)
    span = _recorded(arena, wanted)
    batch = arena.take(10, 1 << 30)
    assert batch is not None
    ((scope, encoded),) = batch.scopes
    assert encoded == encoding.encode_span(span)
    assert decoded(FinishedSpan(**_fields(span))) == decoded(span)
    assert scope == "tracing_facade"


def _recorded(arena: Any, wanted: FinishedSpan) -> Any:
    """Return a span of the native engine that has what was generated."""
    core: Any = engine.native()
    recorder = core.Recorder(arena, 1 << 64)
    spec = tracing.SpanSpec("work", kind=tracing.SpanKind(wanted.kind))
    parent = TraceParent(wanted.trace.trace_id, wanted.parent_span_id, 1) if wanted.parent_span_id else None
    trace = Trace(wanted.trace.trace_id, wanted.trace.flags | 1, wanted.trace.tracestate)
    span = recorder.start_below(parent, trace, spec, wanted.attributes, wanted.links or (), wanted.start_ns)
    span.parent_is_remote = wanted.parent_is_remote
    span.update_name(wanted.name)
    for name, time_ns, attributes in wanted.events or ():
        span.add_event(name, attributes, time_ns)
    if wanted.status_code:
        span.set_status(wanted.status_code == 1, wanted.status_description)
    span.end(wanted.end_ns)
    return span


def _fields(span: Any) -> dict[str, Any]:
    return {name: getattr(span, name) for name in FinishedSpan.__dataclass_fields__ if name != "scope"} | {
        "scope": SCOPE
    }


@pytest.mark.parametrize("size", [0, 1, 127, 128, 16_383, 16_384, 70_000, 300_000])
def test_every_size_of_text_is_encoded_as_in_python(size: int) -> None:
    """Also where lengths need another byte, or where the span outgrows the memory it has by itself."""
    arena = engine.new_buffer(10)
    text = "x" * size
    span = _recorded(arena, FinishedSpan(attributes={"a": text, "b": text + "ü", text[:500]: 1}))
    batch = arena.take(10, 1 << 30)
    assert batch is not None
    assert batch.scopes[0][1] == encoding.encode_span(span)
