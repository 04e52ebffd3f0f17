"""Figures of the way out: spans per second without loss, and the memory of a waiting span."""

from __future__ import annotations

import gc
import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from opentelemetry.sdk.trace.export import BatchSpanProcessor

import tracing_facade as tracing
from tests.benchmarks import facade, sink
from tests.benchmarks.exporting import facade_exporting, opentelemetry_exporting
from tracing_facade._facade import replace_runtime
from tracing_facade._runtime import Runtime

Figures = dict[str, float]

QUEUE = 262_144
BATCH = 24_576
_RUNS = 2
_PAGE = resource.getpagesize()
_SPAN_ATTRIBUTES: dict[str, str | int | bool] = {"order.id": "a7f3", "order.items": 3, "order.paid": True}


def throughput(spans: int) -> Figures:
    """Return how many spans per second arrive when a million is produced at full speed, and how many never do."""
    with sink.running() as target, facade_exporting(target.endpoint, queue_size=QUEUE, batch_size=BATCH):
        facade.spans(100)
        tracing.flush(10)
        target.count()
        return _over_runs(target, spans, facade.spans, lambda: tracing.flush(60))


def opentelemetry_throughput(spans: int) -> Figures:
    """Return the same of OpenTelemetry's batch processor as it comes."""
    with sink.running() as target, opentelemetry_exporting(target.endpoint) as provider:
        start = provider.get_tracer("benchmark").start_as_current_span

        def produce(times: int) -> None:
            for _ in range(times):
                with start("shop.checkout", attributes=_SPAN_ATTRIBUTES):
                    pass

        return _over_runs(target, spans, produce, lambda: provider.force_flush(60_000))


def _over_runs(target: sink.Sink, spans: int, produce: Callable[[int], object], flush: Callable[[], object]) -> Figures:
    rates, arrived = [], 0
    for _ in range(_RUNS):
        started = time.perf_counter()
        produce(spans)
        flush()
        took = time.perf_counter() - started
        came = target.count()
        rates.append(came / took)
        arrived += came
    return {
        "spans per second": statistics.median(rates),
        "lost per cent": 100 * (_RUNS * spans - arrived) / (_RUNS * spans),
        "spans": _RUNS * spans,
    }


def memory(spans: int) -> Figures:
    """Return the growth of the resident memory, in bytes per span that waits for export."""
    configuration = tracing.TracingConfiguration(exporter="none", queue_size=spans + 1_000)
    runtime = Runtime.exporting(configuration)
    replaced = replace_runtime(runtime)
    facade.spans(1_000)
    grown = _growth(lambda: facade.spans(spans))
    replace_runtime(replaced)
    return {"bytes per span": grown / spans}


def opentelemetry_memory(spans: int) -> Figures:
    """Return the same of OpenTelemetry's span objects."""
    kept: list[Any] = []

    class Keeping(BatchSpanProcessor):
        def on_end(self, span: Any) -> None:
            kept.append(span)

    with opentelemetry_exporting("http://127.0.0.1:9", Keeping) as provider:
        start = provider.get_tracer("benchmark").start_as_current_span

        def produce() -> None:
            for _ in range(spans):
                with start("shop.checkout", attributes={**_SPAN_ATTRIBUTES}):
                    pass

        grown = _growth(produce)
        kept.clear()
    return {"bytes per span": grown / spans}


def _growth(produce: Callable[[], object]) -> int:
    gc.collect()
    before = _resident()
    produce()
    gc.collect()
    return _resident() - before


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE
