"""What all spans of one name, kind and instrumentation scope have in common."""

from __future__ import annotations

from typing import Any

OWN_SCOPE = "tracing_facade"


class Shape:
    """Spans refer to it instead of each keeping a copy.

    Args:
        name: what the operation is called.
        kind: the number of the kind in OTLP.
        limit: seconds after which such a span is slow; None when it is not watched.
        scope: the instrumentation scope.
    """

    __slots__ = ("encoder", "encoders", "kind", "limit", "name", "scope", "title")

    def __init__(self, name: Any, kind: int, limit: float | None = None, scope: str = OWN_SCOPE) -> None:
        self.name = name
        self.kind = kind
        self.limit = limit
        self.scope = scope
        self.encoder: Any = None
        """Whose the next two are; see ``encoding.SpanEncoder``."""
        self.encoders: Any = None
        self.title = b""

    def renamed(self, name: str) -> Shape:
        """Return the shape of such a span with another name."""
        return Shape(name, self.kind, self.limit, self.scope)
