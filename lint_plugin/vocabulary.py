"""Words of tracers that more than one part of the checker knows."""

from __future__ import annotations

SPAN_STARTS = frozenset({
    "start_as_current_span", "start_span", "start_active_span", "start_transaction", "begin_transaction",
    "continue_trace", "start_child", "start_observation", "start_as_current_observation",
})  # fmt: skip
"""Methods and functions of tracers that start a span."""

GLOBAL_SETTERS = frozenset({"set_tracer_provider", "set_global_textmap", "set_global_response_propagator"})
"""Functions of OpenTelemetry that set something for the whole process."""

SPAN_METHODS = ("set_attribute", "set_attributes", "add_event", "record_error", "set_status")
"""What is done with a span of the facade."""

SPAN_WORDS = tuple(f".{name}".encode() for name in sorted(SPAN_STARTS))
"""What tells that something may be a tracer."""

USE_WORDS = tuple(f".{name}".encode() for name in SPAN_METHODS)
"""What tells that something may be a span of the facade."""

VENDORS = (
    "azure.monitor.opentelemetry", "azure.core.tracing.ext.opentelemetry_span", "amazon.opentelemetry", "elasticotel",
    "honeycomb.opentelemetry", "langtrace_python_sdk", "lightstep", "microsoft.opentelemetry", "openinference",
    "openlit", "openllmetry", "phoenix.otel", "solarwinds_apm", "splunk_otel", "traceloop", "uptrace",
)  # fmt: skip
"""Packages that set OpenTelemetry up by themselves."""
