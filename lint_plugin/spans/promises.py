"""What readers of traces may rely on: the BETA and STABLE part of declarations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tracing_facade.registry import AttributeSpec, EventSpec, SpanSpec
from tracing_facade.stability import Stability


def weakened(spec: SpanSpec) -> SpanSpec:
    """Return a span in which no part promises more than the whole it is in."""
    events = tuple(_weakened_event(event, spec.stability) for event in spec.events)
    return replace(spec, attributes=_weakened(spec.attributes, spec.stability), events=events)


def promised(specs: Iterable[SpanSpec]) -> list[SpanSpec]:
    """Return the promises of declarations, sorted by name, without what nobody relies on."""
    kept = (weakened(spec) for spec in specs if spec.stability.is_promise)
    return sorted((_stripped(spec) for spec in kept), key=lambda spec: spec.name)


def _weakened_event(event: EventSpec, most: Stability) -> EventSpec:
    level = event.stability.at_most(most)
    return replace(event, stability=level, attributes=_weakened(event.attributes, level))


def _weakened(attributes: Iterable[AttributeSpec], most: Stability) -> tuple[AttributeSpec, ...]:
    return tuple(replace(each, stability=each.stability.at_most(most)) for each in attributes)


def _stripped(spec: SpanSpec) -> SpanSpec:
    events = (
        replace(event, brief="", attributes=_promised(event.attributes))
        for event in sorted(spec.events, key=lambda event: event.name)
        if event.stability.is_promise
    )
    return replace(spec, brief="", slow_after=None, attributes=_promised(spec.attributes), events=tuple(events))


def _promised(attributes: Iterable[AttributeSpec]) -> tuple[AttributeSpec, ...]:
    kept = (replace(each, brief="") for each in attributes if each.stability.is_promise)
    return tuple(sorted(kept, key=lambda each: each.key))
