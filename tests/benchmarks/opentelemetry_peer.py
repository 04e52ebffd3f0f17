"""OpenTelemetry's SDK and instrumentation libraries, set up as their documentation says, with nothing at the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import requests
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.instrumentation.wsgi import OpenTelemetryMiddleware
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

from tests.benchmarks import traced_requests
from tests.benchmarks.rounds import Loop


class _Discard(SpanExporter):
    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Take the spans and forget them."""
        return SpanExportResult.SUCCESS


def _provider(rate: float) -> TracerProvider:
    provider = TracerProvider(sampler=ParentBased(TraceIdRatioBased(rate)))
    provider.add_span_processor(BatchSpanProcessor(_Discard()))
    return provider


class Peer:
    """Loops of OpenTelemetry, by the name of the figure that they belong to."""

    def __init__(self) -> None:
        self._always = _provider(1.0)
        self._never = _provider(0.0)

    def flush(self) -> None:
        """Let the processor catch up, outside of what is timed."""
        self._always.force_flush()

    def loops(self) -> dict[str, Loop]:
        """Return the loops."""
        traced: Any = OpenTelemetryMiddleware(traced_requests.bare, tracer_provider=self._always)
        calling: Any = OpenTelemetryMiddleware(traced_requests.calling(self._session()), tracer_provider=self._always)
        return {
            "unsampled request": traced_requests.driven(traced, traced_requests.UNSAMPLED),
            "sampled request": traced_requests.driven(traced, traced_requests.SAMPLED),
            "request with one outgoing call": traced_requests.driven(calling, traced_requests.SAMPLED),
            "span with 3 attributes": _spans(self._always),
            "start_span, tracing off": _spans(self._never),
            "start_span, unsampled parent": self._below_unsampled(),
            "start_span, unsampled root": _spans(self._never),
        }

    def _session(self) -> requests.Session:
        # The library patches the class for everybody; a subclass keeps the patch to itself.
        instrumentor = RequestsInstrumentor()
        instrumentor.instrument(tracer_provider=self._always)
        patched = requests.Session.send
        instrumentor.uninstrument()
        return traced_requests.stub_session(type("InstrumentedSession", (requests.Session,), {"send": patched}))

    def _below_unsampled(self) -> Loop:
        tracer = self._never.get_tracer("benchmark")
        inner = _spans(self._never)

        def loop(times: int) -> None:
            with tracer.start_as_current_span("root"):
                inner(times)

        return loop


def _spans(provider: TracerProvider) -> Loop:
    start = provider.get_tracer("benchmark").start_as_current_span

    def loop(times: int) -> None:
        for _ in range(times):
            with start("shop.checkout", attributes={"order.id": "a7f3", "order.items": 3, "order.paid": True}):
                pass

    return loop
