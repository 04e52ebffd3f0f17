"""Helpers for the tests of applications: capture spans in memory instead of exporting them, and check them.

With pytest the fixture ``captured_spans`` does the same, under the policy of the project; it comes with the
installation of this package.
"""

from tracing_facade._engine.span import RecordedSpan
from tracing_facade.testing.capture import CapturedSpans, capture_spans
from tracing_facade.testing.fixed_clock import FixedClock
from tracing_facade.testing.outline import Outline

__all__ = ["CapturedSpans", "FixedClock", "Outline", "RecordedSpan", "capture_spans"]
