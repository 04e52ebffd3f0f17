"""The only sanctioned way to start spans: a small tracing API whose policy is enforced where data leaves the process.

Importing it loads no OpenTelemetry, grpc, protobuf or requests; ``configure`` does.
"""

from tracing_facade._carry import carry_context
from tracing_facade._engine.interface import Span
from tracing_facade._facade import configure, current_span, extract, flush, inject, shutdown, start_span
from tracing_facade._traced import traced
from tracing_facade.config import TracingConfiguration, load_configuration
from tracing_facade.errors import TracingError
from tracing_facade.registry import AttributeSpec, EventSpec, SpanKind, SpanSpec
from tracing_facade.stability import Stability

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
