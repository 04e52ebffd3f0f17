"""Finds what the declaration of a span says about an attribute or event, by its name or a former one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lint_plugin.span_calls import Attribute

if TYPE_CHECKING:
    from tracing_facade.registry import AttributeSpec, EventSpec, SpanSpec


def names_of(spec: EventSpec) -> tuple[str, ...]:
    """Return the names by which an event may be called."""
    return (spec.name, *spec.aliases)


def event_of(spec: SpanSpec, name: str) -> EventSpec | None:
    """Return the declaration of an event."""
    return next((event for event in spec.events if name in names_of(event)), None)


def attribute_of(spec: SpanSpec, attribute: Attribute) -> AttributeSpec | None:
    """Return the declaration of an attribute of a span or of one of its events."""
    return next((one for one in _declared(spec, attribute.event) if attribute.key in (one.key, *one.aliases)), None)


def keys_of(spec: SpanSpec, event: str | None) -> list[str]:
    """Return the keys that a span, or one of its events, may have."""
    return [one.key for one in _declared(spec, event)]


def _declared(spec: SpanSpec, event: str | None) -> tuple[AttributeSpec, ...]:
    if event is None:
        return spec.attributes
    declared = event_of(spec, event)
    return declared.attributes if declared is not None else ()
