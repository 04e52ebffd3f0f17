"""What the codemod knows of OpenTelemetry's API: names, parameters and results. It never imports any of it."""

from __future__ import annotations

SEALED = "opentelemetry"

TRACE = "opentelemetry.trace"
GET_TRACER = f"{TRACE}.get_tracer"
GET_CURRENT_SPAN = f"{TRACE}.get_current_span"
TRACER = f"{TRACE}.Tracer"
SPAN = f"{TRACE}.Span"
SPAN_KIND = f"{TRACE}.SpanKind"
STATUS = f"{TRACE}.Status"
STATUS_CODE = f"{TRACE}.StatusCode"
LINK = f"{TRACE}.Link"
SPAN_CONTEXT = f"{TRACE}.SpanContext"
INJECT = "opentelemetry.propagate.inject"
EXTRACT = "opentelemetry.propagate.extract"
CONTEXT = "opentelemetry.context.Context"
ATTACH = "opentelemetry.context.attach"
DETACH = "opentelemetry.context.detach"

START_AS_CURRENT_SPAN = f"{TRACER}.start_as_current_span"
STARTED = f"{START_AS_CURRENT_SPAN}()"
"""The type of what ``start_as_current_span`` returns: a context manager and decorator."""

RESULTS = {
    GET_TRACER: TRACER,
    f"{TRACE}.get_tracer_provider": f"{TRACE}.TracerProvider",
    f"{TRACE}.TracerProvider.get_tracer": TRACER,
    START_AS_CURRENT_SPAN: STARTED,
    f"{TRACER}.start_span": SPAN,
    GET_CURRENT_SPAN: SPAN,
    f"{SPAN}.get_span_context": SPAN_CONTEXT,
    EXTRACT: CONTEXT,
}
"""The type of what a function or method returns."""

# The first part of a name that the API re-exports, and the name under which it is meant to be used.
_HOMES = (
    (f"{TRACE}.span.", f"{TRACE}."),
    (f"{TRACE}.status.", f"{TRACE}."),
    (f"{TRACE}.propagation.get_current_span", GET_CURRENT_SPAN),
    (f"{TRACE}.propagation.set_span_in_context", f"{TRACE}.set_span_in_context"),
    ("opentelemetry.context.context.Context", CONTEXT),
)

PARAMETERS = {
    GET_TRACER: (
        "instrumenting_module_name", "instrumenting_library_version", "tracer_provider", "schema_url", "attributes",
    ),
    f"{TRACE}.TracerProvider.get_tracer": (
        "instrumenting_module_name", "instrumenting_library_version", "schema_url", "attributes",
    ),
    START_AS_CURRENT_SPAN: (
        "name", "context", "kind", "attributes", "links", "start_time", "record_exception", "set_status_on_exception",
        "end_on_exit",
    ),
    GET_CURRENT_SPAN: ("context",),
    f"{SPAN}.set_attribute": ("key", "value"),
    f"{SPAN}.set_attributes": ("attributes",),
    f"{SPAN}.is_recording": (),
    f"{SPAN}.add_event": ("name", "attributes", "timestamp"),
    f"{SPAN}.record_exception": ("exception", "attributes", "timestamp", "escaped"),
    f"{SPAN}.set_status": ("status", "description"),
    f"{SPAN}.get_span_context": (),
    STATUS: ("status_code", "description"),
    LINK: ("context", "attributes"),
    INJECT: ("carrier", "context", "setter"),
    EXTRACT: ("carrier", "context", "getter"),
    ATTACH: ("context",),
    DETACH: ("token",),
    f"{TRACE}.format_trace_id": ("trace_id",),
    f"{TRACE}.format_span_id": ("span_id",),
}  # fmt: skip
"""The parameters of what the idioms rewrite, in their order."""


def canonical(name: str) -> str:
    """Return the name under which a part of the API is meant to be used."""
    for prefix, home in _HOMES:
        if name.startswith(prefix):
            return home + name.removeprefix(prefix)
    return name


_REASONS = (
    ("opentelemetry.sdk", "the SDK is set-up: tracing_facade.configure() in one place, capture_spans() in tests"),
    ("opentelemetry.exporter", "exporters are configuration: use tracing_facade.configure() in one place"),
    ("opentelemetry.instrumentation", "instrumentation is switched on by a person, once the facade is configured"),
    (
        "opentelemetry.metrics",
        'metrics are not traces: permit = ["opentelemetry.metrics"] leaves them to OpenTelemetry',
    ),
    ("opentelemetry._logs", 'logs are not traces: permit = ["opentelemetry._logs"] leaves them to OpenTelemetry'),
    ("opentelemetry._events", 'events are logs: permit = ["opentelemetry._events"] leaves them to OpenTelemetry'),
    ("opentelemetry.semconv", 'names of attributes: write them as texts, or permit = ["opentelemetry.semconv"]'),
    ("opentelemetry.baggage", "the codemod knows no baggage; it is for a person"),
    ("opentelemetry.context", "the facade keeps the context itself: `with`, or carry_context for threads"),
    ("opentelemetry.propagators", "propagators are configuration of the facade"),
    ("opentelemetry.propagate", "the facade has inject and extract; what differs from them is for a person"),
    (f"{TRACE}.propagation", "propagators are configuration of the facade"),
    (f"{TRACE}.set_tracer_provider", "setting tracing up: use tracing_facade.configure() in one place"),
    (f"{TRACE}.get_tracer_provider", "the facade has no provider; what this one is for, a person knows"),
    (f"{TRACE}.TracerProvider", "the facade has no provider; what this one is for, a person knows"),
    (f"{TRACE}.use_span", "a span that is started in one place and entered in another is for a person"),
    (f"{TRACE}.set_span_in_context", "the facade has no context objects; start the child inside of its parent"),
    (f"{TRACE}.NonRecordingSpan", "the facade has no context objects; start the child inside of its parent"),
    (SPAN_CONTEXT, "the facade has no context objects; a span has its ids as texts"),
    (f"{TRACE}.TraceFlags", "the facade has no context objects; a span has its ids as texts"),
    (f"{TRACE}.TraceState", "the facade has no context objects; a span has its ids as texts"),
    (f"{TRACE}.INVALID", "the facade has no context objects; a span has its ids as texts"),
    (f"{TRACE}.format_", "ids are texts already: span.trace_id and span.span_id"),
    (LINK, "a link is made with links=[span] at the start of a span; another one is for a person"),
    (f"{TRACE}.NoOpTracer", "the facade has no tracer; without configure() its spans record nothing"),
    (f"{TRACE}.ProxyTracer", "the facade has no tracer; without configure() its spans record nothing"),
    (f"{TRACER}.start_span", "a span that does not end with a `with` block is for a person"),
    (TRACER, "the facade has no tracer; start spans with tracing_facade.start_span"),
    (SPAN, "it may stand for an OpenTelemetry span"),
    (STATUS, "it is not an argument of a set_status that was migrated"),
    (SPAN_KIND, "it is not an argument of a start that was migrated"),
)
_OTHERWISE = "the codemod has no idiom for it"


def reason_for(name: str) -> str:
    """Return why the use of this dotted name is left."""
    for prefix, reason in _REASONS:
        if name == prefix or name.startswith((f"{prefix}.", f"{prefix}Code")) or _is_open(prefix, name):
            return reason
    if any(part.startswith("_") for part in name.split(".")):
        return "it is private to OpenTelemetry; what it is for, a person knows"
    return _OTHERWISE


def _is_open(prefix: str, name: str) -> bool:
    """Tell whether a prefix stands for all names that begin with it."""
    return prefix.endswith(("INVALID", "format_", "Tracer")) and name.startswith(prefix)
