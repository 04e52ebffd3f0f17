"""Head sampling: for every trace id and rate the decision of OpenTelemetry's own samplers."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry import trace
from opentelemetry.sdk.trace.sampling import Decision, ParentBased, TraceIdRatioBased
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags

import tracing_facade as tracing
from tests.tracing_facade._engine.conftest import engine_name  # noqa: F401  # every test on both engines
from tracing_facade.sampling import RatioSampler
from tracing_facade.testing import capture_spans
from tracing_facade.trust import trust_everyone

ONE_MILLION = 1_000_000
LOW_64_BITS = 1 << 64

rates = st.sampled_from([0, 1, 2, 10, 500_000, ONE_MILLION - 1, ONE_MILLION]) | st.integers(0, ONE_MILLION)
trace_ids = (
    st.integers(1, (1 << 128) - 1)
    | st.integers(1, LOW_64_BITS - 1)
    | st.integers(1, LOW_64_BITS - 1).map(lambda high: high << 64)
)


def _oracle(rate: int, trace_id: int) -> bool:
    sampler = TraceIdRatioBased(rate / ONE_MILLION)
    return sampler.should_sample(None, trace_id, "span").decision == Decision.RECORD_AND_SAMPLE


@settings(deadline=None)
@given(rate=rates, trace_id=trace_ids)
def test_the_decision_is_that_of_the_ratio_sampler(rate: int, trace_id: int) -> None:
    """Every service of a trace decides alike, ours or not."""
    assert RatioSampler(rate).samples(f"{trace_id:032x}") == _oracle(rate, trace_id)


@settings(deadline=None)
@given(rate=rates, high=st.integers(0, LOW_64_BITS - 1), offset=st.integers(-2, 2))
def test_the_decision_is_the_same_right_at_the_bound(rate: int, high: int, offset: int) -> None:
    """Where one more or one less makes the difference, rounding is the same too."""
    low = min(max(round(rate / ONE_MILLION * LOW_64_BITS) + offset, 0), LOW_64_BITS - 1)
    trace_id = high << 64 | low
    assert RatioSampler(rate).samples(f"{trace_id:032x}") == _oracle(rate, trace_id)


@pytest.mark.parametrize(
    "trace_id", ["0" * 31 + "1", "f" * 32, "f" * 16 + "0" * 16], ids=["lowest", "highest", "low 0"]
)
def test_the_ends_of_the_scale_are_exact(trace_id: str) -> None:
    """0 records no trace and 1,000,000 every trace."""
    assert not RatioSampler(0).samples(trace_id)
    assert RatioSampler(ONE_MILLION).samples(trace_id)


@pytest.mark.parametrize("rate", [0, 1, 300_000, ONE_MILLION])
def test_new_traces_are_decided_by_their_own_id(rate: int) -> None:
    """A root is recorded exactly when the ratio sampler says so about its id, and its children with it."""
    started = []
    with capture_spans(tracing.TracingConfiguration(sampling_rate_per_million=rate)) as spans:
        for _ in range(200):
            with tracing.start_span("root") as root, tracing.start_span("child"):
                started.append(root.trace_id)
    expected = {trace_id for trace_id in started if _oracle(rate, int(trace_id, 16))}
    assert {span.trace_id for span in spans} == expected
    assert len(spans) == 2 * len(expected)


@settings(deadline=None)
@given(rate=rates, trace_id=trace_ids, span_id=st.integers(1, LOW_64_BITS - 1), flags=st.integers(0, 3))
def test_a_trusted_parent_decides_as_with_a_parent_based_sampler(
    rate: int, trace_id: int, span_id: int, flags: int
) -> None:
    """ParentBased over the ratio: what the caller says counts, not the rate."""
    parent = NonRecordingSpan(SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(flags)))
    oracle = ParentBased(TraceIdRatioBased(rate / ONE_MILLION))
    decision = oracle.should_sample(trace.set_span_in_context(parent), trace_id, "span").decision
    sampled = decision == Decision.RECORD_AND_SAMPLE
    sent = {"traceparent": f"00-{trace_id:032x}-{span_id:016x}-0{flags}"}
    with (
        capture_spans(tracing.TracingConfiguration(sampling_rate_per_million=rate)) as spans,
        tracing.extract(sent, trust=trust_everyone),
        tracing.start_span("span") as span,
    ):
        assert (span.is_recording(), span.trace_id) == (sampled, f"{trace_id:032x}")
    assert [(span.trace_id, span.parent_span_id) for span in spans] == (
        [(f"{trace_id:032x}", f"{span_id:016x}")] if sampled else []
    )
