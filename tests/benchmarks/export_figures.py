"""Figures of the way out: spans per second without loss, memory of a waiting span, and the tail under live export."""

from __future__ import annotations

import gc
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.wsgi import OpenTelemetryMiddleware
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

import tracing_facade as tracing
from tests.benchmarks import facade, sink, traced_requests
from tests.benchmarks.traced_requests import Application
from tracing_facade._facade import replace_runtime
from tracing_facade._runtime import Runtime
from tracing_facade.servers.wsgi import TracingMiddleware

Figures = dict[str, float]

QUEUE = 262_144
BATCH = 24_576
_PAGE = resource.getpagesize()
_WORK = 7_500
_SPAN_ATTRIBUTES: dict[str, str | int | bool] = {"order.id": "a7f3", "order.items": 3, "order.paid": True}


def throughput(spans: int) -> Figures:
    """Return how many spans per second arrive when a million is produced at full speed, and how many never do."""
    with sink.running() as target, _exporting(target.endpoint, queue_size=QUEUE, batch_size=BATCH):
        facade.spans(100)
        tracing.flush(10)
        target.count()
        started = time.perf_counter()
        facade.spans(spans)
        produced = time.perf_counter() - started
        tracing.flush(60)
        took = time.perf_counter() - started
        arrived = target.count()
    return {
        "spans per second": arrived / took, "lost per cent": 100 * (spans - arrived) / spans,
        "producing, spans per second": spans / produced,
    }  # fmt: skip


def opentelemetry_throughput(spans: int) -> Figures:
    """Return the same of OpenTelemetry's batch processor as it comes."""
    with sink.running() as target, _opentelemetry(target.endpoint) as provider:
        start = provider.get_tracer("benchmark").start_as_current_span
        started = time.perf_counter()
        for _ in range(spans):
            with start("shop.checkout", attributes=_SPAN_ATTRIBUTES):
                pass
        provider.force_flush(60_000)
        took = time.perf_counter() - started
        arrived = target.count()
    return {"spans per second": arrived / took, "lost per cent": 100 * (spans - arrived) / spans}


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

    with _opentelemetry("http://127.0.0.1:9", Keeping) as provider:
        start = provider.get_tracer("benchmark").start_as_current_span

        def produce() -> None:
            for _ in range(spans):
                with start("shop.checkout", attributes={**_SPAN_ATTRIBUTES}):
                    pass

        grown = _growth(produce)
        kept.clear()
    return {"bytes per span": grown / spans}


def tail(rate: int, seconds: float, rounds: int) -> dict[str, Figures]:
    """Return the latency of requests at a fixed rate, each some Python work with three inner spans.

    The machine is never quiet for long, and the slowest of a thousand requests tells more about it than about tracing.
    So every candidate has many short turns, one beside the other, with the same sink waiting in another process, and
    what counts is the median over the rounds of how often the bare latency of the same round it is.

    Args:
        rate: requests per second.
        seconds: how long one turn takes.
        rounds: how many turns each candidate has.

    Returns:
        For ``bare`` microseconds, for the others multiples of it.
    """
    bare: list[Figures] = []
    multiples: dict[str, list[Figures]] = {"facade": [], "OpenTelemetry": []}
    with sink.running() as target:
        for _ in range(rounds):
            bare.append(_paced(_working(_no_span), rate, seconds))
            for name, turn in (("facade", _facade_turn), ("OpenTelemetry", _opentelemetry_turn)):
                found = turn(target.endpoint, rate, seconds)
                multiples[name].append({share: found[share] / bare[-1][share] for share in found})
    return {name: _medians(turns) for name, turns in {"bare": bare, **multiples}.items()}


def _facade_turn(endpoint: str, rate: int, seconds: float) -> Figures:
    with _exporting(endpoint):
        return _paced(TracingMiddleware(_working(tracing.start_span)), rate, seconds)


def _opentelemetry_turn(endpoint: str, rate: int, seconds: float) -> Figures:
    with _opentelemetry(endpoint) as provider:
        start = provider.get_tracer("benchmark").start_as_current_span
        application: Any = OpenTelemetryMiddleware(_working(start), tracer_provider=provider)
        return _paced(application, rate, seconds)


def _medians(turns: list[Figures]) -> Figures:
    return {share: statistics.median(turn[share] for turn in turns) for share in turns[0]}


@contextmanager
def _exporting(endpoint: str, **settings: Any) -> Iterator[None]:
    with tracing.configure(tracing.TracingConfiguration(endpoint=endpoint, protocol="http/protobuf", **settings)):
        yield


@contextmanager
def _opentelemetry(endpoint: str, processor: type[BatchSpanProcessor] = BatchSpanProcessor) -> Iterator[TracerProvider]:
    provider = TracerProvider()
    provider.add_span_processor(processor(OTLPSpanExporter(f"{endpoint}/v1/traces")))
    yield provider
    provider.shutdown()


def _growth(produce: Callable[[], object]) -> int:
    gc.collect()
    before = _resident()
    produce()
    gc.collect()
    return _resident() - before


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE


@contextmanager
def _no_span(name: str, *, attributes: object = None) -> Iterator[None]:
    yield


def _working(start: Callable[..., Any]) -> Application:
    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        for name in ("authorize", "query", "render"):
            with start(name, attributes={"step": name}):
                sum(range(_WORK))
        return list(traced_requests.bare(environ, start_response))

    return application


def _paced(application: Application, rate: int, seconds: float) -> Figures:
    request = traced_requests.driven(application, traced_requests.ENVIRON)
    latencies = []
    due = time.perf_counter()
    for _ in range(int(rate * seconds)):
        due += 1 / rate
        pause = due - time.perf_counter()
        if pause > 0:
            time.sleep(pause)
        started = time.perf_counter()
        request(1)
        latencies.append((time.perf_counter() - started) * 1e6)
    latencies.sort()
    return {f"p{share:g}": latencies[int(len(latencies) * share / 100)] for share in (50, 99, 99.9)}
