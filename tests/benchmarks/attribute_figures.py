"""What one more attribute on a span costs: to set it, and until policy and encoder are through with it."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from time import process_time_ns
from typing import Any

from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

import tracing_facade as tracing
from tests.benchmarks import facade, rounds
from tests.benchmarks.rounds import Candidate, Loop

_KEYS = tuple(f"order.part_{number}" for number in range(10))
_ATTRIBUTES: dict[str, Any] = {key: f"part {number}" if number % 2 else number for number, key in enumerate(_KEYS)}
_DECLARED = tracing.SpanSpec(
    "shop.checkout", attributes=tuple(tracing.AttributeSpec(key, type(value)) for key, value in _ATTRIBUTES.items())
)
_SPANS = 2_000


def in_the_request(rounds_of_turns: int) -> dict[str, float]:
    """Return by candidate the nanoseconds of one attribute, half of them texts and half numbers, with policy on."""
    provider = _encoding_provider()
    with facade.tracing_on():
        start = provider.get_tracer("benchmark").start_as_current_span
        candidates = {
            "facade": Candidate(_ours(_ATTRIBUTES), _ours({}), len(_KEYS)),
            "OpenTelemetry": Candidate(_theirs(start, _ATTRIBUTES), _theirs(start, {}), len(_KEYS)),
        }

        def between() -> None:
            tracing.flush()
            provider.force_flush()

        found = rounds.medians(rounds.added_nanoseconds(candidates, rounds_of_turns, between))
    provider.shutdown()
    return found


def until_encoded(rounds_of_turns: int) -> dict[str, float]:
    """Return by candidate the processor time of one attribute in all threads, until it stands in a request."""
    provider = _encoding_provider()
    start = provider.get_tracer("benchmark").start_as_current_span
    found: dict[str, list[float]] = {"facade": [], "OpenTelemetry": []}
    with facade.tracing_on():
        for _ in range(rounds_of_turns):
            for name, loop, flush in (
                ("facade", _ours, tracing.flush),
                ("OpenTelemetry", lambda attributes: _theirs(start, attributes), provider.force_flush),
            ):
                without, took = (_processor_time(loop(given), flush) for given in ({}, _ATTRIBUTES))
                found[name].append((took - without) / _SPANS / len(_KEYS))
    provider.shutdown()
    return {name: statistics.median(values) for name, values in found.items()}


def _processor_time(loop: Loop, flush: Callable[[], object]) -> int:
    flush()
    started = process_time_ns()
    loop(_SPANS)
    flush()
    return process_time_ns() - started


def _ours(attributes: dict[str, Any]) -> Loop:
    def loop(times: int) -> None:
        start_span = tracing.start_span
        for _ in range(times):
            with start_span(_DECLARED, {**attributes}):
                pass

    return loop


def _theirs(start: Callable[..., Any], attributes: dict[str, Any]) -> Loop:
    def loop(times: int) -> None:
        for _ in range(times):
            with start("shop.checkout", attributes={**attributes}):
                pass

    return loop


class _Encode(SpanExporter):
    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Encode the spans, as our worker does, and forget them."""
        encode_spans(spans).SerializeToString()
        return SpanExportResult.SUCCESS


def _encoding_provider() -> TracerProvider:
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(_Encode(), max_queue_size=2 * _SPANS))
    return provider
