"""The only sanctioned way to start spans: a small tracing API whose policy is enforced where data leaves the process.

Importing it loads no OpenTelemetry, grpc, protobuf or requests; ``configure`` does.
"""

from typing import TYPE_CHECKING

from tracing_facade._facade import configure, current_span, extract, flush, inject, shutdown, start_span
from tracing_facade._on_demand import names_on_demand
from tracing_facade.errors import TracingError

if TYPE_CHECKING:
    from tracing_facade._carry import carry_context
    from tracing_facade._engine.interface import Span
    from tracing_facade._traced import traced
    from tracing_facade.config.loading import load_configuration
    from tracing_facade.config.types import TracingConfiguration
    from tracing_facade.registry.attribute_spec import AttributeSpec
    from tracing_facade.registry.event_spec import EventSpec
    from tracing_facade.registry.kinds import SpanKind
    from tracing_facade.registry.span_spec import SpanSpec
    from tracing_facade.stability import Stability
else:
    __getattr__ = names_on_demand(
        globals(),
        {
            "tracing_facade._carry": ("carry_context",),
            "tracing_facade._engine.interface": ("Span",),
            "tracing_facade._traced": ("traced",),
            "tracing_facade.config.loading": ("load_configuration",),
            "tracing_facade.config.types": ("TracingConfiguration",),
            "tracing_facade.registry.attribute_spec": ("AttributeSpec",),
            "tracing_facade.registry.event_spec": ("EventSpec",),
            "tracing_facade.registry.kinds": ("SpanKind",),
            "tracing_facade.registry.span_spec": ("SpanSpec",),
            "tracing_facade.stability": ("Stability",),
        },
    )

__all__ = [
    "AttributeSpec",
    "EventSpec",
    "Span",
    "SpanKind",
    "SpanSpec",
    "Stability",
    "TracingConfiguration",
    "TracingError",
    "carry_context",
    "configure",
    "current_span",
    "extract",
    "flush",
    "inject",
    "load_configuration",
    "shutdown",
    "start_span",
    "traced",
]
