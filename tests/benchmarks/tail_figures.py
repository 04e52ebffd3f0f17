"""How long the slowest requests take while spans are exported: each export may hold the interpreter's lock."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from opentelemetry.instrumentation.wsgi import OpenTelemetryMiddleware

import tracing_facade as tracing
from tests.benchmarks import sink, traced_requests
from tests.benchmarks.exporting import facade_exporting, opentelemetry_exporting
from tests.benchmarks.traced_requests import Application
from tracing_facade.servers.wsgi import TracingMiddleware

Percentiles = dict[str, float]

_WORK = 7_500
_SHARES = (50, 99, 99.9)


def latencies(rate: int, seconds: float, rounds: int) -> dict[str, dict[str, float]]:
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
    bare: list[Percentiles] = []
    multiples: dict[str, list[Percentiles]] = {"facade": [], "OpenTelemetry": []}
    with sink.running() as target:
        for _ in range(rounds):
            bare.append(_paced(_working(_no_span), rate, seconds))
            for name, turn in (("facade", _facade_turn), ("OpenTelemetry", _opentelemetry_turn)):
                found = turn(target.endpoint, rate, seconds)
                multiples[name].append({share: found[share] / bare[-1][share] for share in found})
    return {name: _medians(turns) for name, turns in {"bare": bare, **multiples}.items()}


def _facade_turn(endpoint: str, rate: int, seconds: float) -> Percentiles:
    with facade_exporting(endpoint):
        return _paced(TracingMiddleware(_working(tracing.start_span)), rate, seconds)


def _opentelemetry_turn(endpoint: str, rate: int, seconds: float) -> Percentiles:
    with opentelemetry_exporting(endpoint) as provider:
        start = provider.get_tracer("benchmark").start_as_current_span
        application: Any = OpenTelemetryMiddleware(_working(start), tracer_provider=provider)
        return _paced(application, rate, seconds)


def _medians(turns: list[Percentiles]) -> Percentiles:
    return {share: statistics.median(turn[share] for turn in turns) for share in turns[0]}


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


def _paced(application: Application, rate: int, seconds: float) -> Percentiles:
    request = traced_requests.driven(application, traced_requests.ENVIRON)
    taken = []
    due = time.perf_counter()
    for _ in range(int(rate * seconds)):
        due += 1 / rate
        pause = due - time.perf_counter()
        if pause > 0:
            time.sleep(pause)
        started = time.perf_counter()
        request(1)
        taken.append((time.perf_counter() - started) * 1e6)
    taken.sort()
    return {f"p{share:g}": taken[int(len(taken) * share / 100)] for share in _SHARES}
