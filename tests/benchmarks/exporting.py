"""Both candidates set up to export to a collector over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

import tracing_facade as tracing


@contextmanager
def facade_exporting(endpoint: str, **settings: Any) -> Iterator[None]:
    """Configure the facade inside of the block."""
    with tracing.configure(tracing.TracingConfiguration(endpoint=endpoint, protocol="http/protobuf", **settings)):
        yield


@contextmanager
def opentelemetry_exporting(
    endpoint: str, processor: type[BatchSpanProcessor] = BatchSpanProcessor
) -> Iterator[TracerProvider]:
    """Return a provider with the batch processor as it comes; it is nobody's default."""
    provider = TracerProvider()
    provider.add_span_processor(processor(OTLPSpanExporter(f"{endpoint}/v1/traces")))
    yield provider
    provider.shutdown()
