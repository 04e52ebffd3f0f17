"""``tracing-view``: receives OTLP on this machine and shows each trace as a waterfall in the terminal."""
