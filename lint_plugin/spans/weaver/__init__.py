"""OpenTelemetry Weaver's registry format: declarations go out in it, and come in from it.

Format: https://github.com/open-telemetry/weaver/tree/main/schemas, ``semconv.schema.json`` (groups), which is written
and read, and ``semconv.schema.v2.json`` (``definition/2``), which is read. What declarations say and the format has no
word for stands in the annotation ``tracing_facade``, so that nothing is lost on the way there and back.
"""
