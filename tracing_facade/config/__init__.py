"""The tracing configuration: from code, from Kubernetes' or our own file, and from the ``OTEL_*`` variables."""

from typing import TYPE_CHECKING

from tracing_facade._on_demand import names_on_demand

if TYPE_CHECKING:
    from tracing_facade.config.environment import effective_configuration
    from tracing_facade.config.loading import load_configuration
    from tracing_facade.config.types import TlsConfiguration, TracingConfiguration, TrustGrant, with_fields
else:
    __getattr__ = names_on_demand(
        globals(),
        {
            "tracing_facade.config.environment": ("effective_configuration",),
            "tracing_facade.config.loading": ("load_configuration",),
            "tracing_facade.config.types": ("TlsConfiguration", "TracingConfiguration", "TrustGrant", "with_fields"),
        },
    )

__all__ = [
    "TlsConfiguration",
    "TracingConfiguration",
    "TrustGrant",
    "effective_configuration",
    "load_configuration",
    "with_fields",
]
