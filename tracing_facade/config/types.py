"""What can be configured, with the defaults; the meaning of each field stands beside it, for the reference page too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from tracing_facade.lean_dataclass import dataclass
from tracing_facade.policy.settings import Policy
from tracing_facade.propagation_targets import THIS_MACHINE
from tracing_facade.setting import setting

if TYPE_CHECKING:
    from typing_extensions import Self

Protocol = Literal["grpc", "http/protobuf"]
Exporter = Literal["otlp", "opentelemetry", "none"]
Compression = Literal["none", "gzip"]
OnInvalid = Literal["fail", "disable"]


@dataclass(frozen=True, kw_only=True)
class TlsConfiguration:
    """Transport security towards the collector."""

    ca_file: str | None = setting(None, "PEM file with the authorities that may sign the collector's certificate")
    certificate_file: str | None = setting(None, "PEM file with the client certificate, for mutual TLS")
    key_file: str | None = setting(None, "PEM file with the key of the client certificate")
    server_name: str | None = setting(None, "name in the collector's certificate, when it is not the endpoint's host")


@dataclass(frozen=True, kw_only=True)
class TrustGrant:
    """Whose trace context is used. Every condition that is given must hold; any element of each will do."""

    users: tuple[str, ...] = setting((), "authenticated users")
    groups: tuple[str, ...] = setting((), "groups of the authenticated user")
    networks: tuple[str, ...] = setting((), "IP networks of the peer, such as 10.0.0.0/8")
    everyone: bool = setting(False, "no condition: the grant is for every caller")
    join: bool = setting(True, "the caller's trace is continued")
    force: bool = setting(False, "what the caller marked as sampled is recorded, whatever the rate")


@dataclass(frozen=True, kw_only=True)
class TracingConfiguration:
    """The tracing configuration of one process; every field has a default.

    A field that is not given may still be set by the standard ``OTEL_*`` variables.
    """

    endpoint: str = setting("localhost:4317", "where the collector listens: host:port, a URL, unix:// or dns://")
    sampling_rate_per_million: int = setting(1_000_000, "how many of a million new traces are recorded")
    protocol: Protocol = setting("grpc", "how spans are sent: grpc or http/protobuf")
    exporter: Exporter = setting(
        "otlp", "otlp: our own; opentelemetry: the official exporters; none: record but send nothing"
    )
    tls: TlsConfiguration | None = setting(None, "transport security; without it host:port is plaintext")
    headers: Mapping[str, str] = setting({}, "headers of every export request; values are secret", repr=False)
    header_files: Mapping[str, str] = setting({}, "headers whose value is the content of a file")
    compression: Compression = setting("none", "none or gzip")
    queue_size: int = setting(32_768, "spans that wait for export at most; the newest are dropped beyond", unit="spans")
    batch_size: int = setting(2_048, "spans in one export request at most", unit="spans")
    export_interval_seconds: float = setting(1.0, "how long a span waits for others at most", unit="seconds")
    export_timeout_seconds: float = setting(10.0, "deadline of one export request", unit="seconds")
    service_name: str = setting("unknown_service", "resource attribute service.name")
    resource_attributes: Mapping[str, str | int | float | bool] = setting({}, "further resource attributes")
    trust: tuple[TrustGrant, ...] = setting((), "whose trace context is used; the first grant that matches decides")
    propagate_to: tuple[str, ...] = setting(
        THIS_MACHINE,
        "hosts that outgoing requests show trace context and baggage to: name, *.domain or *, each with :port or not",
    )
    query_allow: tuple[str, ...] = setting((), "query parameters whose values may be recorded; others are REDACTED")
    slow_after: Mapping[str, float] = setting(
        {}, "by span name: a span that took longer is logged with its steps", unit="seconds"
    )
    policy: Policy = setting(Policy(), "what may be recorded and leave the process")
    on_invalid: OnInvalid = setting("fail", "wrong configuration: fail at start-up, or disable tracing and say so")
    enabled: bool = setting(True, "false turns tracing off")

    def __new__(cls, **given: Any) -> Self:
        """Remember which fields were given, so that the environment may set the others."""
        self = super().__new__(cls)
        object.__setattr__(self, "_given", frozenset(given))
        return self

    @property
    def given_fields(self) -> frozenset[str]:
        """The names of the fields that were given explicitly."""
        return self._given  # type: ignore[attr-defined, no-any-return]  # set in __new__, beside the dataclass fields


def with_fields(configuration: TracingConfiguration | None, **fields: Any) -> TracingConfiguration:
    """Return ``configuration`` (None: the defaults) with other fields, which count as given explicitly."""
    given = configuration or TracingConfiguration()
    return TracingConfiguration(**{**{name: getattr(given, name) for name in given.given_fields}, **fields})
