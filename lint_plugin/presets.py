"""Other tracers that one line of settings seals: the modules and names by which each starts spans."""

from __future__ import annotations

PRESETS: dict[str, tuple[str, ...]] = {
    "aws_xray": ("aws_xray_sdk",),
    "datadog": ("ddtrace",),
    "elastic_apm": ("elasticapm",),
    "jaeger": ("jaeger_client",),
    "langfuse": ("langfuse",),
    "logfire": ("logfire",),
    "new_relic": ("newrelic",),
    "opencensus": ("opencensus",),
    "opentracing": ("opentracing",),
    "sentry": (
        "sentry_sdk.continue_trace",
        "sentry_sdk.get_current_span",
        "sentry_sdk.start_span",
        "sentry_sdk.start_transaction",
        "sentry_sdk.trace",
        "sentry_sdk.tracing",
        "sentry_sdk.tracing_utils",
    ),
    "zipkin": ("py_zipkin",),
}
"""Name of the preset: what it seals."""
