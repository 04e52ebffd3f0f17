"""The arguments of the official gRPC exporter; apart, because they need grpc to be loaded."""

from __future__ import annotations

from typing import Any

import grpc

from tracing_facade.config import TracingConfiguration
from tracing_facade.config.endpoint import Endpoint
from tracing_facade.export.greenlets import cooperate_with_gevent
from tracing_facade.export.otlp_grpc import credentials_of, target_of


def grpc_options(configuration: TracingConfiguration, endpoint: Endpoint, headers: dict[str, str]) -> dict[str, Any]:
    """Return the keyword arguments of ``OTLPSpanExporter``.

    Raises:
        OSError: a TLS file cannot be read.
    """
    cooperate_with_gevent()
    tls = configuration.tls
    secure = endpoint.secure or tls is not None
    options: list[tuple[str, str]] = []
    if tls is not None and tls.server_name:
        options.append(("grpc.ssl_target_name_override", tls.server_name))
    return {
        "endpoint": target_of(endpoint),
        "insecure": not secure,
        "credentials": credentials_of(tls) if secure else None,
        "headers": tuple(headers.items()),
        "timeout": configuration.export_timeout_seconds,
        "compression": grpc.Compression.Gzip if configuration.compression == "gzip" else grpc.Compression.NoCompression,
        "channel_options": tuple(options),
    }
