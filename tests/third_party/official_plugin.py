"""A plugin for pytest that gives OpenTelemetry's own tests the facade's TracerProvider in place of the SDK's."""

from __future__ import annotations

from typing import Any

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.test import test_base  # type: ignore[import-not-found]  # only where the suites run

from tracing_facade import TracingConfiguration, _facade
from tracing_facade._enforcement import build_enforcer
from tracing_facade._engine import engine
from tracing_facade._engine.encoding import encode_request, encode_resource
from tracing_facade._facade import replace_runtime
from tracing_facade._otel.exporter_sink import readable_spans
from tracing_facade._otel.provider import FacadeTracerProvider
from tracing_facade._runtime import Runtime, become_visible

_MOST = 10_000


class ReceivedSpans:
    """Looks like the SDK's in-memory exporter; what it shows has been encoded and decoded."""

    def __init__(self, buffer: Any, resource: bytes) -> None:
        self._buffer = buffer
        self._resource = resource
        self._spans: list[ReadableSpan] = []
        self._contexts: dict[Any, Any] = {}

    def get_finished_spans(self) -> tuple[ReadableSpan, ...]:
        """Return the spans that ended so far."""
        batch = self._buffer.take(_MOST, 1 << 30)
        if batch is not None:
            self._spans.extend(readable_spans(encode_request(self._resource, batch.scopes)))
        for span in self._spans:
            # Parents are compared by `is`; what has been decoded has no identity, so the same ids are made the same.
            span._context = self._same(span.context)
            span._parent = self._same(span.parent)
        return tuple(sorted(self._spans, key=lambda span: span.end_time or 0))

    def _same(self, context: Any) -> Any:
        return context and self._contexts.setdefault((context.trace_id, context.span_id), context)

    def clear(self) -> None:
        """Forget them."""
        self.get_finished_spans()
        self._spans.clear()


def create_tracer_provider(**options: Any) -> tuple[FacadeTracerProvider, ReceivedSpans]:
    """Return a provider of ours and what its spans arrive at; options are for the SDK and mean nothing here."""
    become_visible()
    configuration = TracingConfiguration()
    enforcer = build_enforcer(configuration.policy)
    buffer = engine.new_buffer(_MOST, enforcer)
    replace_runtime(Runtime.recording(configuration, buffer, enforcer))
    resource = options.get("resource")
    content = encode_resource(dict(resource.attributes) if resource is not None else {"service.name": "suite"})
    return FacadeTracerProvider(_facade._start_foreign), ReceivedSpans(buffer, content)


test_base.TestBase.create_tracer_provider = staticmethod(create_tracer_provider)
