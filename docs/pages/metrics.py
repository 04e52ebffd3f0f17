"""The page of the self-metrics: what tracing counts about itself."""

from __future__ import annotations

from docs import markdown
from tracing_facade import selfmetrics

TITLE = "Self-metrics"


def render() -> str:
    """Return the page."""
    return markdown.from_docstring(selfmetrics.__doc__ or "")
