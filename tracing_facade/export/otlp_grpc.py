"""OTLP over gRPC (OpenTelemetry protocol specification, OTLP/gRPC), with the bytes that are encoded already."""

from __future__ import annotations

from typing import Any

import grpc

from tracing_facade import version
from tracing_facade.config.endpoint import Endpoint
from tracing_facade.config.types import TlsConfiguration
from tracing_facade.export import responses, retry
from tracing_facade.export.greenlets import cooperate_with_gevent
from tracing_facade.export.request_headers import RequestHeaders
from tracing_facade.export.transport import Outcome, Refused, Retry

DEFAULT_PORT = 4317

_METHOD = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
_DETAILS = "grpc-status-details-bin"
_USER_AGENT = f"tracing-facade-OTLP-Exporter-Python/{version.VERSION}"
_FROM_THE_COLLECTOR = frozenset(
    {"INVALID_ARGUMENT", "UNAUTHENTICATED", "PERMISSION_DENIED", "UNIMPLEMENTED", "NOT_FOUND", "FAILED_PRECONDITION"}
)
"""What gRPC never says on its own: the connection works."""
_LONGEST_METADATA = 65_536
_RETRYABLE = frozenset({"CANCELLED", "DEADLINE_EXCEEDED", "ABORTED", "OUT_OF_RANGE", "UNAVAILABLE", "DATA_LOSS"})


class GrpcTransport:
    """Calls the collector's ``TraceService`` over one channel, made when the first spans are sent.

    Args:
        endpoint: ``http``, ``https``, ``dns``, ``unix``, ``unix-abstract`` or plain host and port.
        tls: transport security; with it plain host and port is TLS too.
        headers: sent as metadata.
        compress: whether messages are compressed with gzip.
    """

    def __init__(
        self, endpoint: Endpoint, tls: TlsConfiguration | None, headers: RequestHeaders, compress: bool
    ) -> None:
        self._target = target_of(endpoint)
        self._tls = tls or (TlsConfiguration() if endpoint.secure else None)
        self._headers = headers
        self._compression = grpc.Compression.Gzip if compress else grpc.Compression.NoCompression
        self._channel: Any = None
        self._abandoned: list[Any] = []

    def send(self, payload: bytes, timeout: float) -> Outcome:
        """Call ``Export`` once; see ``Transport``."""
        try:
            export = self._method()
        except (OSError, ValueError) as error:
            return Retry("tls", f"no secure channel to {self._target}: {error}")
        metadata = tuple(self._headers.current().items())
        try:
            return responses.delivered(export(payload, timeout=timeout, metadata=metadata))
        except grpc.RpcError as error:
            return self._failure(error, timeout)
        except ValueError as error:  # the channel was closed by another thread
            return Retry("unreachable", f"no channel to {self._target}: {error}")

    def close(self) -> None:
        """Close the channel; a ``send`` under way on another thread fails at once."""
        channel, self._channel = self._channel, None
        if channel is not None:
            channel.close()

    def reset_after_fork(self) -> None:
        """Forget the channel, which is the parent's; not even its destructor may run here."""
        self._abandoned.append(self._channel)
        self._channel = None

    def _method(self) -> Any:
        if self._channel is None:
            cooperate_with_gevent()
            options: list[tuple[str, Any]] = [
                ("grpc.primary_user_agent", _USER_AGENT),
                ("grpc.enable_retries", 0),
                ("grpc.max_metadata_size", _LONGEST_METADATA),
                ("grpc.absolute_max_metadata_size", _LONGEST_METADATA),
            ]
            if self._tls is None:
                self._channel = grpc.insecure_channel(self._target, options, self._compression)
            else:
                if self._tls.server_name:
                    options.append(("grpc.ssl_target_name_override", self._tls.server_name))
                self._channel = grpc.secure_channel(self._target, credentials_of(self._tls), options, self._compression)
        return self._channel.unary_unary(_METHOD)  # no serializers: bytes in, bytes out

    def _failure(self, error: Any, timeout: float) -> Outcome:
        code = error.code().name
        reason = f"grpc_{code.lower()}"
        said = f"{self._target} answered {code}: {responses.printable(error.details() or '')}"
        asked = _asked_to_wait(error)
        if code not in _FROM_THE_COLLECTOR and asked is None:
            # The channel's own back-off would outlast ours, and a peer that never ends its answer would go on for ever.
            self.close()
        if code == "DEADLINE_EXCEEDED":
            return Retry("timeout", f"no answer from {self._target} within {timeout:g} s", asked)
        if code in _RETRYABLE or (code == "RESOURCE_EXHAUSTED" and asked is not None):
            return Retry(reason, said, asked)
        if code == "UNIMPLEMENTED":
            said += " (is this an OTLP/gRPC endpoint? its port is usually 4317)"
        return Refused(reason, said)


def target_of(endpoint: Endpoint) -> str:
    """Return the endpoint as a gRPC target (gRPC name resolution)."""
    if endpoint.scheme == "unix":
        return f"unix:{endpoint.path}"
    if endpoint.scheme == "unix-abstract":
        return f"unix-abstract:{endpoint.path}"
    default = {"http": 80, "https": 443}.get(endpoint.scheme, DEFAULT_PORT)
    return f"dns:///{endpoint.host}:{endpoint.port or default}"


def credentials_of(tls: TlsConfiguration | None) -> Any:
    """Return the channel credentials that ``tls`` asks for; without files the system's authorities count.

    Raises:
        OSError: a file cannot be read.
    """
    tls = tls or TlsConfiguration()
    return grpc.ssl_channel_credentials(_content(tls.ca_file), _content(tls.key_file), _content(tls.certificate_file))


def _content(path: str | None) -> bytes | None:
    if path is None:
        return None
    with open(path, "rb") as file:
        return file.read()


def _asked_to_wait(error: Any) -> float | None:
    for key, value in error.trailing_metadata() or ():
        if key == _DETAILS and isinstance(value, bytes):
            return retry.retry_info_seconds(value)
    return None
