"""The hot path: spans, the current context, ids, the bounded buffer and OTLP encoding."""
