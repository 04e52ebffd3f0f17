"""Helpers for the tests of applications: capture spans in memory instead of exporting them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tracing_facade import _facade, _runtime
from tracing_facade._enforcement import build_enforcer
from tracing_facade._engine.span import RecordedSpan
from tracing_facade.config import TracingConfiguration

__all__ = ["RecordedSpan", "capture_spans"]


@contextmanager
def capture_spans(configuration: TracingConfiguration | None = None) -> Iterator[list[RecordedSpan]]:
    """Collect every span that ends inside the block; nothing is exported.

    Args:
        configuration: trust, slow spans and so on; by default everything is sampled and nobody is trusted.

    Yields:
        The finished spans, in the order in which they ended.
    """
    spans: list[RecordedSpan] = []
    _runtime.become_visible()
    configuration = configuration or TracingConfiguration()
    enforcer = build_enforcer(configuration.policy, configuration.query_allow)
    captured = _runtime.Runtime.recording(configuration, spans.append, enforcer)
    replaced = _facade.replace_runtime(captured)
    try:
        yield spans
    finally:
        _facade.replace_runtime(replaced)
