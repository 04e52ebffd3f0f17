"""Sends through an official OpenTelemetry exporter instead of our own transports (``exporter: opentelemetry``)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1 import trace_pb2
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags, TraceState

from tracing_facade.config import TracingConfiguration
from tracing_facade.config.endpoint import Endpoint, parse_endpoint
from tracing_facade.export.request_headers import RequestHeaders
from tracing_facade.export.transport import Delivered, Outcome, Refused, Retry

_MOST_ATTEMPTS = 3
_IS_REMOTE = 0x200
_KINDS = {kind.value + 1: kind for kind in SpanKind}


class ExporterSink:
    """Hands each request to any SDK ``SpanExporter``, as the spans that it stands for.

    The official exporters do not tell whether a failure can pass, and have tried again themselves before they report
    one. So a batch is given up after three such reports.

    Args:
        exporter: not used by anybody else.
    """

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._failed: bytes | None = None
        self._attempts = 0

    def send(self, payload: bytes, timeout: float) -> Outcome:
        """Export one request. The timeout is the exporter's own, from the configuration."""
        result = self._exporter.export(tuple(readable_spans(payload)))
        if result is SpanExportResult.SUCCESS:
            self._failed = None
            return Delivered()
        self._attempts = self._attempts + 1 if payload is self._failed else 1
        self._failed = payload
        said = f"{type(self._exporter).__module__} reports a failure; its own log says more"
        if self._attempts < _MOST_ATTEMPTS:
            return Retry("exporter", said)
        return Refused("exporter", said)

    def close(self) -> None:
        """Shut the exporter down."""
        self._exporter.shutdown()

    def reset_after_fork(self) -> None:
        """Do nothing: an exporter has no way to forget what its parent opened."""


class OfficialExporter:
    """An official OTLP exporter, made as the configuration says when the first spans are sent.

    A forked child makes its own: with the one that its parent opened both would talk over the same connection.
    """

    def __init__(self, configuration: TracingConfiguration) -> None:
        self._make = _maker(configuration)
        self._sink: ExporterSink | None = None
        self._abandoned: list[ExporterSink | None] = []

    def send(self, payload: bytes, timeout: float) -> Outcome:
        """Export one request; see ``ExporterSink``."""
        sink = self._sink
        if sink is None:
            try:
                sink = self._sink = ExporterSink(self._make())
            except (OSError, ValueError) as error:
                return Retry("tls", f"no official exporter can be made: {error}")
        return sink.send(payload, timeout)

    def close(self) -> None:
        """Shut the exporter down."""
        if self._sink is not None:
            self._sink.close()

    def reset_after_fork(self) -> None:
        """Forget the exporter, which is the parent's; not even its destructor may run here."""
        self._abandoned.append(self._sink)
        self._sink = None


def readable_spans(payload: bytes) -> Iterator[ReadableSpan]:
    """Yield the spans of an ``ExportTraceServiceRequest`` as the SDK's exporters want them."""
    for resource_spans in ExportTraceServiceRequest.FromString(payload).resource_spans:
        resource = Resource(_attributes(resource_spans.resource.attributes))
        for scope_spans in resource_spans.scope_spans:
            said = scope_spans.scope
            scope = InstrumentationScope(said.name, said.version, scope_spans.schema_url or None)
            for span in scope_spans.spans:
                yield _readable(span, resource, scope)


def _maker(configuration: TracingConfiguration) -> Callable[[], SpanExporter]:
    """Return what makes an exporter; loads the library for it, so that a missing one is told at once."""
    endpoint = parse_endpoint(configuration.endpoint)
    headers = RequestHeaders(configuration.headers, configuration.header_files)
    if configuration.protocol == "grpc":
        from opentelemetry.exporter.otlp.proto.grpc import trace_exporter as grpc_exporter

        from tracing_facade._otel.official_grpc import grpc_options

        return lambda: grpc_exporter.OTLPSpanExporter(**grpc_options(configuration, endpoint, headers.current()))
    from opentelemetry.exporter.otlp.proto.http import trace_exporter as http_exporter

    return lambda: http_exporter.OTLPSpanExporter(**_http_options(configuration, endpoint, headers.current()))


def _http_options(configuration: TracingConfiguration, endpoint: Endpoint, headers: dict[str, str]) -> dict[str, Any]:
    from opentelemetry.exporter.otlp.proto.http import Compression

    from tracing_facade.export.otlp_http import DEFAULT_PATH, DEFAULT_PORT

    tls = configuration.tls
    scheme = endpoint.scheme if endpoint.scheme in ("http", "https") else "https" if tls else "http"
    port = f":{endpoint.port}" if endpoint.port else "" if endpoint.scheme in ("http", "https") else f":{DEFAULT_PORT}"
    path = DEFAULT_PATH if endpoint.path in ("", "/") else endpoint.path
    return {
        "endpoint": f"{scheme}://{endpoint.host}{port}{path}",
        "certificate_file": tls.ca_file if tls else None,
        "client_key_file": tls.key_file if tls else None,
        "client_certificate_file": tls.certificate_file if tls else None,
        "headers": headers,
        "timeout": configuration.export_timeout_seconds,
        "compression": Compression.Gzip if configuration.compression == "gzip" else Compression.NoCompression,
    }


def _readable(span: trace_pb2.Span, resource: Resource, scope: InstrumentationScope) -> ReadableSpan:
    trace_id = int.from_bytes(span.trace_id, "big")
    context = _context(trace_id, span.span_id, span.flags, span.trace_state, remote=False)
    parent = None
    if span.parent_span_id:
        remote = bool(span.flags & _IS_REMOTE)
        parent = _context(trace_id, span.parent_span_id, span.flags, span.trace_state, remote=remote)
    return ReadableSpan(
        name=span.name,
        context=context,
        parent=parent,
        resource=resource,
        attributes=_attributes(span.attributes),
        events=[Event(event.name, _attributes(event.attributes), event.time_unix_nano) for event in span.events],
        links=[_link(link) for link in span.links],
        kind=_KINDS.get(span.kind, SpanKind.INTERNAL),
        status=Status(StatusCode(span.status.code), span.status.message or None),
        start_time=span.start_time_unix_nano,
        end_time=span.end_time_unix_nano,
        instrumentation_scope=scope,
    )


def _link(link: trace_pb2.Span.Link) -> Link:
    trace_id = int.from_bytes(link.trace_id, "big")
    return Link(
        _context(trace_id, link.span_id, link.flags, link.trace_state, remote=True), _attributes(link.attributes)
    )


def _context(trace_id: int, span_id: bytes, flags: int, state: str, *, remote: bool) -> SpanContext:
    return SpanContext(
        trace_id=trace_id,
        span_id=int.from_bytes(span_id, "big"),
        is_remote=remote,
        trace_flags=TraceFlags(flags & 0xFF),
        trace_state=TraceState.from_header([state]) if state else TraceState(),
    )


def _attributes(pairs: Iterable[KeyValue]) -> dict[str, Any]:
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: AnyValue) -> Any:
    kind = value.WhichOneof("value")
    if kind is None:
        return None
    if kind == "array_value":
        items: Sequence[Any] = [_value(item) for item in value.array_value.values]
        return tuple(items)
    if kind == "kvlist_value":
        return _attributes(value.kvlist_value.values)
    return getattr(value, kind)
