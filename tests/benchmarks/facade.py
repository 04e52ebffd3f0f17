"""The facade's own loops, by the name of the figure that they belong to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import tracing_facade as tracing
from tests.benchmarks import traced_requests
from tests.benchmarks.rounds import Loop
from tracing_facade._enforcement import build_enforcer
from tracing_facade._facade import replace_runtime
from tracing_facade._runtime import Runtime
from tracing_facade.clients.requests_adapter import trace_session
from tracing_facade.export.transport import Delivered
from tracing_facade.servers.wsgi import TracingMiddleware
from tracing_facade.trust import trust_everyone

CHECKOUT = tracing.SpanSpec("shop.checkout")


class DiscardingTransport:
    """Takes every request and forgets it."""

    def send(self, payload: bytes, timeout: float) -> Delivered:
        """Say that it was delivered."""
        return Delivered()

    def close(self) -> None:
        """Nothing is open."""

    def reset_after_fork(self) -> None:
        """Nothing is shared."""


@contextmanager
def tracing_on(**settings: object) -> Iterator[Runtime]:
    """Trace into a real buffer and worker that deliver to nobody."""
    configuration = tracing.TracingConfiguration(**{"export_interval_seconds": 60.0, **settings})  # type: ignore[arg-type]  # settings of any type
    runtime = Runtime.exporting(configuration, DiscardingTransport())
    replaced = replace_runtime(runtime)
    try:
        yield runtime
    finally:
        replace_runtime(replaced)
        runtime.shutdown(5.0)


def loops() -> dict[str, Loop]:
    """Return the loops; they want tracing on, except those that switch it themselves."""
    traced = TracingMiddleware(traced_requests.bare, trust=trust_everyone)
    calling = TracingMiddleware(
        traced_requests.calling(trace_session(traced_requests.stub_session())), trust=trust_everyone
    )
    return {
        "unsampled request": traced_requests.driven(traced, traced_requests.UNSAMPLED),
        "sampled request": traced_requests.driven(traced, traced_requests.SAMPLED),
        "request with one outgoing call": traced_requests.driven(calling, traced_requests.SAMPLED),
        "span with 3 attributes": spans,
        "start_span, tracing off": _with(Runtime(), spans),
        "start_span, unsampled parent": _with(_never_sampling(), _below_a_root),
        "start_span, unsampled root": _with(_never_sampling(), spans),
    }


def spans(times: int) -> None:
    """Start and end spans with three attributes, in the only way there is."""
    start_span = tracing.start_span
    for _ in range(times):
        with start_span(CHECKOUT, {"order.id": "a7f3", "order.items": 3, "order.paid": True}):
            pass


def _below_a_root(times: int) -> None:
    with tracing.start_span("root"):
        spans(times)


def _never_sampling() -> Runtime:
    configuration = tracing.TracingConfiguration(sampling_rate_per_million=0)
    return Runtime.recording(configuration, lambda span: None, build_enforcer(configuration.policy))


def _with(runtime: Runtime, loop: Loop) -> Loop:
    def inside(times: int) -> None:
        replaced = replace_runtime(runtime)
        try:
            loop(times)
        finally:
            replace_runtime(replaced)

    return inside
