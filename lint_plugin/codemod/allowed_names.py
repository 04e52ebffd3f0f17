"""Which names can be declared; what is asked is the declaration itself, so that there is one rule."""

from __future__ import annotations

from tracing_facade.errors import DeclarationError
from tracing_facade.registry import AttributeSpec, EventSpec, SpanSpec


def is_allowed(declaration: type[SpanSpec] | type[AttributeSpec] | type[EventSpec], name: str) -> bool:
    """Tell whether a span, an attribute or an event of this name can be declared."""
    try:
        declaration(name)
    except DeclarationError:
        return False
    return True
