"""What a release emits of each declaration: current names, former names that are still promised, or nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from tracing_facade.registry.attribute_spec import AttributeSpec
from tracing_facade.registry.event_spec import EventSpec
from tracing_facade.registry.span_spec import SpanSpec
from tracing_facade.stability import emitted_aliases, is_hidden

Names = tuple[str, ...]


class EventPlan(NamedTuple):
    """What becomes of an event.

    Args:
        names: the names it is emitted with, one event each; empty when it is hidden.
        attributes: see ``SpanPlan``.
    """

    names: Names
    attributes: Mapping[str, Names]


class SpanPlan(NamedTuple):
    """What becomes of a span.

    Args:
        name: the name it is emitted with.
        is_hidden: whether it is not emitted at all.
        former_names: what ``FORMER_NAMES_KEY`` says; empty when nothing is to be said.
        attributes: the keys that one key is emitted with, for each that is not just emitted as it is. Former keys are
            among them, since code may still set one: it counts as the present key.
        events: by name, former names too; those that are just emitted as they are, are left out.
    """

    name: str
    is_hidden: bool
    former_names: Names
    attributes: Mapping[str, Names]
    events: Mapping[str, EventPlan]

    @property
    def is_plain(self) -> bool:
        """Whether everything is emitted just as it is recorded, so that nobody has to look at this plan."""
        return not (self.is_hidden or self.former_names or self.attributes or self.events)


def plans_for(
    specs: Iterable[SpanSpec], version: str, show_hidden_for: str = "", disabled: Collection[str] = ()
) -> dict[str, SpanPlan]:
    """Return the plan of every span by each of its names; a name that is present goes before a former one.

    Args:
        specs: the declarations.
        version: the release that is running.
        show_hidden_for: the minor release before it, to emit what that one still did; else empty.
        disabled: names of spans that are not to be emitted, whatever the rest says.

    Raises:
        ValueError: a version is none, or ``show_hidden_for`` is another than the minor release before.
    """
    plans: dict[str, SpanPlan] = {}
    former: dict[str, SpanPlan] = {}
    for spec in specs:
        plan = plan_for(spec, version, show_hidden_for, disabled)
        plans.setdefault(spec.name, plan)
        former.update(dict.fromkeys(spec.aliases, plan))
    return {**former, **plans}


def plan_for(spec: SpanSpec, version: str, show_hidden_for: str = "", disabled: Collection[str] = ()) -> SpanPlan:
    """Return the plan of one span; see ``plans_for``."""
    off = spec.name in disabled or not set(disabled).isdisjoint(spec.aliases)
    events = (_event_items(event, version, show_hidden_for) for event in spec.events)
    return SpanPlan(
        spec.name,
        off or is_hidden(spec, version, show_hidden_for),
        emitted_aliases(spec, version, show_hidden_for),
        _attributes(spec.attributes, version, show_hidden_for),
        MappingProxyType({name: plan for items in events for name, plan in items}),
    )


def _event_items(event: EventSpec, version: str, show_hidden_for: str) -> Sequence[tuple[str, EventPlan]]:
    names = _names(event, event.name, version, show_hidden_for)
    attributes = _attributes(event.attributes, version, show_hidden_for)
    if names == (event.name,) and not attributes and not event.aliases:
        return ()
    plan = EventPlan(names, attributes)
    return [(name, plan) for name in (event.name, *event.aliases)]


def _attributes(specs: Iterable[AttributeSpec], version: str, show_hidden_for: str) -> Mapping[str, Names]:
    found: dict[str, Names] = {}
    for spec in specs:
        names = _names(spec, spec.key, version, show_hidden_for)
        if names != (spec.key,) or spec.aliases:
            found.update(dict.fromkeys((spec.key, *spec.aliases), names))
    return MappingProxyType(found)


def _names(spec: Any, name: str, version: str, show_hidden_for: str) -> Names:
    if is_hidden(spec, version, show_hidden_for):
        return ()
    return (name, *emitted_aliases(spec, version, show_hidden_for))
