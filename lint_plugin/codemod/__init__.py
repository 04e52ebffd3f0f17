"""Migrates direct OpenTelemetry use to the facade; the only part of the linter that needs libcst."""
