"""Makes an export worker out of a configuration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from tracing_facade._engine.buffer import Buffer
from tracing_facade.config import TracingConfiguration
from tracing_facade.config.endpoint import parse_endpoint
from tracing_facade.errors import MissingDependencyError
from tracing_facade.export.delivery import Delivery
from tracing_facade.export.request_headers import RequestHeaders
from tracing_facade.export.transport import Transport
from tracing_facade.export.worker import ExportWorker


def start_worker(
    configuration: TracingConfiguration,
    buffer: Buffer,
    resource: Callable[[], Mapping[str, Any]],
    transport: Transport | None = None,
    around_thread: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> ExportWorker:
    """Return a worker that delivers what is put into ``buffer`` from now on.

    Args:
        configuration: has been validated.
        buffer: where finished spans are put.
        resource: returns the resource attributes; called once in each process that delivers.
        transport: how requests travel; by default as the configuration says.
        around_thread: entered by the delivering thread for as long as it lives.

    Raises:
        MissingDependencyError: gRPC is configured and not installed.
    """
    carrier = transport or build_transport(configuration)
    size = min(configuration.batch_size, configuration.queue_size)
    if configuration.protocol == "grpc" or configuration.exporter == "opentelemetry":
        from tracing_facade.export.greenlets import with_threads_of_gevent

        around_thread = with_threads_of_gevent(around_thread)
    delivery = Delivery(buffer, carrier, resource, size, configuration.export_timeout_seconds)
    return ExportWorker(buffer, delivery, carrier, configuration.export_interval_seconds, around_thread)


def build_transport(configuration: TracingConfiguration) -> Transport:
    """Return the transport that the configuration asks for; it connects when it has something to send.

    Raises:
        MissingDependencyError: gRPC is configured and not installed.
    """
    endpoint = parse_endpoint(configuration.endpoint)
    headers = RequestHeaders(configuration.headers, configuration.header_files)
    compress = configuration.compression == "gzip"
    if configuration.protocol == "http/protobuf":
        from tracing_facade.export.otlp_http import HttpTransport

        return HttpTransport(endpoint, configuration.tls, headers, compress)
    try:
        from tracing_facade.export.otlp_grpc import GrpcTransport
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "grpc":
            raise
        raise MissingDependencyError("grpcio", "protocol: grpc", "grpc") from error
    return GrpcTransport(endpoint, configuration.tls, headers, compress)
