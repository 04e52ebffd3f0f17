"""OpenTelemetry's own instrumentation under the facade: our tests of it, and a way to run its own ones."""
