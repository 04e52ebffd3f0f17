"""What may leave the process: pure decisions, no I/O, no OpenTelemetry."""
