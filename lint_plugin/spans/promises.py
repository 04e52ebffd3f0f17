"""What readers of traces may rely on: the BETA and STABLE part of declarations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tracing_facade.registry import AttributeSpec, EventSpec, SpanSpec
from tracing_facade.stability import Stability


def promised(specs: Iterable[SpanSpec]) -> list[SpanSpec]:
    """Return the promises of declarations, by name; a part never promises more than the span it is in."""
    kept = (spec for spec in specs if spec.stability.is_promise)
    return sorted((_span(spec) for spec in kept), key=lambda spec: spec.name)


def _span(spec: SpanSpec) -> SpanSpec:
    events = (_event(event, spec.stability) for event in spec.events)
    return replace(
        spec,
        brief="",
        slow_after=None,
        attributes=_attributes(spec.attributes, spec.stability),
        events=tuple(sorted((event for event in events if event.stability.is_promise), key=lambda event: event.name)),
    )


def _event(event: EventSpec, most: Stability) -> EventSpec:
    level = event.stability.at_most(most)
    return replace(event, brief="", stability=level, attributes=_attributes(event.attributes, level))


def _attributes(attributes: Iterable[AttributeSpec], most: Stability) -> tuple[AttributeSpec, ...]:
    kept = (replace(each, brief="", stability=each.stability.at_most(most)) for each in attributes)
    return tuple(sorted((each for each in kept if each.stability.is_promise), key=lambda each: each.key))
