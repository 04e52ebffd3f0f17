"""Makes declarations out of a registry of OpenTelemetry Weaver."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any, TypeVar

from lint_plugin.spans.weaver.registry import Entry, Registry
from lint_plugin.spans.weaver.words import ANNOTATION, LEVELS, PYTHON_TYPES, requirement_of
from tracing_facade.errors import DeclarationError
from tracing_facade.registry import AttributeSpec, EventSpec, SpanKind, SpanSpec
from tracing_facade.stability import Stability

LeaveOut = Callable[[str, str], object]
Spec = TypeVar("Spec")


def as_specs(registry: Registry, globs: list[str], leave_out: LeaveOut) -> list[SpanSpec]:
    """Return the spans of a registry.

    Args:
        registry: where they are.
        globs: patterns of names; empty for all.
        leave_out: is told what is left out and why, and in which span.

    Raises:
        RegistryError: something refers to what is not there.
    """
    names = [name for name in registry.spans if not globs or any(fnmatchcase(name, glob) for glob in globs)]
    made = (_Reading(registry, leave_out).span(name) for name in names)
    return [spec for spec in made if spec is not None]


class _Reading:
    def __init__(self, registry: Registry, leave_out: LeaveOut) -> None:
        self._registry = registry
        self._leave_out = leave_out

    def span(self, name: str) -> SpanSpec | None:
        group = self._registry.spans[name]
        facts = _facts(group)
        if self._is_deprecated(group, facts):
            self._leave_out("the whole span, which is deprecated in the registry", name)
            return None
        events = (self._event(event, name) for event in facts.get("events", ()))
        # A circle of spans that extend each other is refused here, so that the kind can be looked for without end.
        attributes = self._attributes(group, name)
        options = {
            "kind": SpanKind.__members__.get(str(self._inherited(group, "span_kind")).upper(), SpanKind.INTERNAL),
            "attributes": attributes,
            "events": tuple(event for event in events if event is not None),
            "slow_after": facts.get("slow_after"),
            **_common(group, facts),
        }
        return self._made(lambda: SpanSpec(name, **options), "the whole span", name)

    def _is_deprecated(self, entry: Entry, facts: dict[str, Any]) -> bool:
        return "deprecated" in entry and "deprecated_version" not in facts

    def _inherited(self, group: Entry, key: str) -> Any:
        while key not in group and group.get("extends") in self._registry.groups:
            group = self._registry.groups[group["extends"]]
        return group.get(key)

    def _event(self, name: str, span: str) -> EventSpec | None:
        group = self._registry.events.get(name)
        if group is None:
            self._leave_out(f"the event {name}, which the registry does not define", span)
            return None
        attributes = self._attributes(group, span)
        options = {"attributes": attributes, **_common(group, _facts(group))}
        return self._made(lambda: EventSpec(name, **options), f"the event {name}", span)

    def _attributes(self, group: Entry, span: str) -> tuple[AttributeSpec, ...]:
        made = (self._attribute(entry, span) for entry in self._registry.attributes_of(group))
        return tuple(spec for spec in made if spec is not None)

    def _attribute(self, entry: Entry, span: str) -> AttributeSpec | None:
        key, facts = entry["key"], _facts(entry)
        kind, values = _type(entry.get("type"))
        what = f"the attribute {key}"
        if kind is None:
            self._leave_out(f"{what}, since a declared attribute cannot be {entry.get('type')}", span)
            return None
        if self._is_deprecated(entry, facts):
            self._leave_out(f"{what}, which is deprecated in the registry", span)
            return None
        options = {
            "values": tuple(facts.get("values", values)),
            "pattern": facts.get("pattern", ""),
            "sensitivity": facts.get("sensitivity", "public"),
            "requirement": requirement_of(entry.get("requirement_level")),
            **_common(entry, facts),
        }
        return self._made(lambda: AttributeSpec(key, kind, **options), what, span)

    def _made(self, make: Callable[[], Spec], what: str, span: str) -> Spec | None:
        try:
            return make()
        except DeclarationError as error:
            self._leave_out(f"{what}: {error}", span)
            return None


def _facts(entry: Entry) -> dict[str, Any]:
    annotations = entry.get("annotations")
    facts = annotations.get(ANNOTATION) if isinstance(annotations, dict) else None
    return facts if isinstance(facts, dict) else {}


def _common(entry: Entry, facts: dict[str, Any]) -> dict[str, Any]:
    level = Stability.__members__.get(str(facts.get("stability")))
    return {
        "brief": entry["brief"].strip() if isinstance(entry.get("brief"), str) else "",
        "stability": level or LEVELS.get(str(entry.get("stability")), Stability.ALPHA),
        "deprecated_version": facts.get("deprecated_version", ""),
        "aliases": tuple(facts.get("aliases", ())),
    }


def _type(declared: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return the type of an attribute, None when there is no such, and its values."""
    if isinstance(declared, str):
        return PYTHON_TYPES.get(declared), ()
    members = declared.get("members") if isinstance(declared, dict) else None
    if not isinstance(members, list) or not all(isinstance(member, dict) for member in members):
        return None, ()
    values = tuple(member.get("value", member.get("id")) for member in members if "deprecated" not in member)
    # Nothing but "any other value" is no list of values.
    values = () if values == ("_OTHER",) else values
    kinds = {type(value) for value in values} or {str}
    return (kinds.pop(), values) if kinds in ({str}, {int}) else (None, ())
