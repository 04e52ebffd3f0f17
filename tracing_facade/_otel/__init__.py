"""The only home of OpenTelemetry: what here imports it, nothing else in the code base may."""
