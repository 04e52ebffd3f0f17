"""What can be configured, with the defaults; the meaning of each field stands beside it, for the reference page too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from typing_extensions import Self

Protocol = Literal["grpc", "http/protobuf"]
Exporter = Literal["otlp", "opentelemetry", "none"]
Compression = Literal["none", "gzip"]
OnInvalid = Literal["fail", "disable"]


def _setting(default: Any, meaning: str, *, repr: bool = True, unit: str = "") -> Any:
    details = {"meaning": meaning, "unit": unit}
    if isinstance(default, dict):
        return field(default_factory=lambda: dict(default), metadata=details, repr=repr)
    return field(default=default, metadata=details, repr=repr)


@dataclass(frozen=True, kw_only=True)
class TlsConfiguration:
    """Transport security towards the collector."""

    ca_file: str | None = _setting(None, "PEM file with the authorities that may sign the collector's certificate")
    certificate_file: str | None = _setting(None, "PEM file with the client certificate, for mutual TLS")
    key_file: str | None = _setting(None, "PEM file with the key of the client certificate")
    server_name: str | None = _setting(None, "name in the collector's certificate, when it is not the endpoint's host")


@dataclass(frozen=True, kw_only=True)
class TrustGrant:
    """Whose trace context is used. Every condition that is given must hold; any element of each will do."""

    users: tuple[str, ...] = _setting((), "authenticated users")
    groups: tuple[str, ...] = _setting((), "groups of the authenticated user")
    networks: tuple[str, ...] = _setting((), "IP networks of the peer, such as 10.0.0.0/8")
    everyone: bool = _setting(False, "no condition: the grant is for every caller")
    join: bool = _setting(True, "the caller's trace is continued")
    force: bool = _setting(False, "what the caller marked as sampled is recorded, whatever the rate")


@dataclass(frozen=True, kw_only=True)
class TracingConfiguration:
    """The tracing configuration of one process; every field has a default.

    A field that is not given may still be set by the standard ``OTEL_*`` variables.
    """

    endpoint: str = _setting("localhost:4317", "where the collector listens: host:port, a URL, unix:// or dns://")
    sampling_rate_per_million: int = _setting(1_000_000, "how many of a million new traces are recorded")
    protocol: Protocol = _setting("grpc", "how spans are sent: grpc or http/protobuf")
    exporter: Exporter = _setting(
        "otlp", "otlp: our own; opentelemetry: the official exporters; none: record but send nothing"
    )
    tls: TlsConfiguration | None = _setting(None, "transport security; without it host:port is plaintext")
    headers: Mapping[str, str] = _setting({}, "headers of every export request; values are secret", repr=False)
    header_files: Mapping[str, str] = _setting({}, "headers whose value is the content of a file")
    compression: Compression = _setting("none", "none or gzip")
    queue_size: int = _setting(
        32_768, "spans that wait for export at most; the newest are dropped beyond", unit="spans"
    )
    batch_size: int = _setting(2_048, "spans in one export request at most", unit="spans")
    export_interval_seconds: float = _setting(1.0, "how long a span waits for others at most", unit="seconds")
    export_timeout_seconds: float = _setting(10.0, "deadline of one export request", unit="seconds")
    service_name: str = _setting("unknown_service", "resource attribute service.name")
    resource_attributes: Mapping[str, str | int | float | bool] = _setting({}, "further resource attributes")
    trust: tuple[TrustGrant, ...] = _setting((), "whose trace context is used; the first grant that matches decides")
    propagate_to: tuple[str, ...] = _setting(
        ("localhost", "127.0.0.1", "[::1]"),
        "hosts that outgoing requests show trace context and baggage to: name, *.domain or *, each with :port or not",
    )
    query_allow: tuple[str, ...] = _setting((), "query parameters whose values may be recorded; others are REDACTED")
    slow_after: Mapping[str, float] = _setting(
        {}, "by span name: a span that took longer is logged with its steps", unit="seconds"
    )
    on_invalid: OnInvalid = _setting("fail", "wrong configuration: fail at start-up, or disable tracing and say so")
    enabled: bool = _setting(True, "false turns tracing off")

    def __new__(cls, **given: Any) -> Self:
        """Remember which fields were given, so that the environment may set the others."""
        self = super().__new__(cls)
        object.__setattr__(self, "_given", frozenset(given))
        return self

    @property
    def given_fields(self) -> frozenset[str]:
        """The names of the fields that were given explicitly."""
        return self._given  # type: ignore[attr-defined, no-any-return]  # set in __new__, beside the dataclass fields
