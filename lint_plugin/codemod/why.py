"""Why a use of OpenTelemetry is left to a person, by what it uses."""

from __future__ import annotations

_REASONS = (
    ("opentelemetry.sdk", "setting tracing up is for a person: use tracing_facade.configure() in one place"),
    ("opentelemetry.exporter", "exporters are configuration: use tracing_facade.configure() in one place"),
    ("opentelemetry.instrumentation", "instrumentation is switched on by a person, once the facade is configured"),
    ("opentelemetry.metrics", "metrics are not traces; open them with permit = [\"opentelemetry.metrics\"]"),
    ("opentelemetry._logs", "logs are not traces; open them with permit = [\"opentelemetry._logs\"]"),
    ("opentelemetry.semconv", "names of attributes: write them as literals, or permit = [\"opentelemetry.semconv\"]"),
    ("opentelemetry.baggage", "baggage goes through tracing_facade.baggage, by hand"),
    ("opentelemetry.context", "the facade keeps the context itself: use `with`, or carry_context for threads"),
    ("opentelemetry.propagate.extract", "its result is used in more than one place, or not as context= of a with"),
    ("opentelemetry.propagate", "the facade has inject and extract; what differs from them is for a person"),
    ("opentelemetry.propagators", "propagators are configuration of the facade"),
    ("opentelemetry.trace.set_tracer_provider", "setting tracing up: use tracing_facade.configure() in one place"),
    ("opentelemetry.trace.get_tracer_provider", "the facade has no provider; what it is used for is for a person"),
    ("opentelemetry.trace.use_span", "a span that is started in one place and entered in another is for a person"),
    ("opentelemetry.trace.Tracer", "the facade has no tracer; drop the annotation with the variable"),
    ("opentelemetry.trace.Span", "annotates a span that may be an OpenTelemetry span"),
)  # fmt: skip
_OTHERWISE = "there is no idiom for it yet, or where it comes from cannot be proven"


def reason_for(origin: str) -> str:
    """Return why the use of this dotted name is left."""
    for prefix, reason in _REASONS:
        if origin == prefix or origin.startswith(prefix + "."):
            return reason
    return _OTHERWISE
