"""A small service that uses OpenTelemetry directly: what the demonstration migrates. It must break the rules."""
