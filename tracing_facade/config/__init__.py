"""The tracing configuration: from code, from Kubernetes' or our own file, and from the ``OTEL_*`` variables."""

from tracing_facade.config.environment import effective_configuration
from tracing_facade.config.loading import load_configuration
from tracing_facade.config.types import TlsConfiguration, TracingConfiguration, TrustGrant, with_fields

__all__ = [
    "TlsConfiguration",
    "TracingConfiguration",
    "TrustGrant",
    "effective_configuration",
    "load_configuration",
    "with_fields",
]
