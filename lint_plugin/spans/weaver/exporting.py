"""Writes declarations as a registry of OpenTelemetry Weaver."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml

from lint_plugin.spans.weaver.words import ANNOTATION, WEAVER_LEVELS, WEAVER_TYPES, type_name
from tracing_facade.registry import AttributeSpec, EventSpec, SpanSpec
from tracing_facade.stability import Stability

_ABSENT: dict[str, Any] = {"values": [], "deprecated_version": ""}


class NotExportable(Exception):
    """Declarations that no registry can hold together; the message says which and why."""


def as_files(specs: Iterable[SpanSpec], schema_url: str) -> dict[str, str]:
    """Return the files of a registry, by name.

    Args:
        specs: the declarations.
        schema_url: identifies the registry and its version, as in ``https://example.com/schemas/1.2.0``.

    Raises:
        NotExportable: a key has two types, or an event is declared in two ways.
    """
    manifest = {"schema_url": schema_url, "description": "Declared spans.", "stability": "development"}
    return {
        "manifest.yaml": yaml.safe_dump(manifest, sort_keys=False),
        "registry.yaml": yaml.safe_dump({"groups": as_groups(specs)}, sort_keys=False, width=110),
    }


def as_groups(specs: Iterable[SpanSpec]) -> list[dict[str, Any]]:
    """Return the groups of a registry: all attributes, every event, every span.

    Raises:
        NotExportable: see ``as_files``.
    """
    specs = list(specs)
    events = _events(specs)
    owners: list[SpanSpec | EventSpec] = [*events.values(), *specs]
    definitions = _definitions(attribute for owner in owners for attribute in owner.attributes)
    attributes = {
        "id": "registry.attributes",
        "type": "attribute_group",
        "brief": "Attributes of declared spans and events.",
        "attributes": [*map(_definition, definitions.values()), *_former(definitions)],
    }
    groups = [attributes] if definitions else []
    return [
        *groups,
        *(_event(event, definitions) for event in events.values()),
        *(_span(spec, definitions) for spec in specs),
    ]


def _definitions(attributes: Iterable[AttributeSpec]) -> dict[str, AttributeSpec]:
    found: dict[str, AttributeSpec] = {}
    for spec in attributes:
        first = found.setdefault(spec.key, spec)
        if first.type != spec.type:
            raise NotExportable(
                f"the attribute {spec.key!r} is {type_name(first.type)} in one place and {type_name(spec.type)} in "
                "another; a registry has one type for it, so give one of them another key"
            )
    return found


def _events(specs: Iterable[SpanSpec]) -> dict[str, EventSpec]:
    found: dict[str, EventSpec] = {}
    for event in (event for spec in specs for event in spec.events):
        if found.setdefault(event.name, event) != event:
            raise NotExportable(
                f"the event {event.name!r} is declared in two ways; a registry has it once, so declare it once and use "
                "that in both spans, or give one of them another name"
            )
    return found


def _definition(spec: AttributeSpec) -> dict[str, Any]:
    found = {"id": spec.key, "type": _type(spec), "stability": WEAVER_LEVELS[spec.stability], "brief": spec.brief}
    return {**found, **_deprecation(spec), **_annotations(_facts(spec))}


def _former(definitions: Mapping[str, AttributeSpec]) -> Iterator[dict[str, Any]]:
    """Yield the former keys as what they are for Weaver: attributes that were renamed."""
    told = set(definitions)
    for spec in definitions.values():
        for alias in spec.aliases:
            if alias not in told:
                told.add(alias)
                yield {
                    "id": alias,
                    "type": WEAVER_TYPES[spec.type],
                    "stability": WEAVER_LEVELS[spec.stability],
                    "brief": spec.brief,
                    "deprecated": {"reason": "renamed", "renamed_to": spec.key},
                    **_annotations({"alias_of": spec.key}),
                }


def _type(spec: AttributeSpec) -> Any:
    if not _is_enumeration(spec):
        return WEAVER_TYPES[spec.type]
    names: list[str] = []
    for value in spec.values:
        name = re.sub(r"[^a-z0-9]+", "_", str(value).lower()).strip("_") or "value"
        name = name if name[0].isalpha() else f"value_{name}"
        names.append(name if name not in names else f"{name}_{len(names)}")
    level = WEAVER_LEVELS[spec.stability]
    members = zip(names, spec.values, strict=True)
    return {"members": [{"id": name, "value": value, "brief": "", "stability": level} for name, value in members]}


def _is_enumeration(spec: AttributeSpec) -> bool:
    return bool(spec.values) and spec.type in (str, int)


def _facts(spec: AttributeSpec | EventSpec | SpanSpec) -> dict[str, Any]:
    """Return what the format has no word for."""
    found: dict[str, Any] = {}
    if spec.stability is Stability.INTERNAL:
        found["stability"] = spec.stability.name
    if spec.deprecated_version:
        found["deprecated_version"] = spec.deprecated_version
    if spec.aliases:
        found["aliases"] = list(spec.aliases)
    if isinstance(spec, AttributeSpec):
        if spec.sensitivity != "public":
            found["sensitivity"] = spec.sensitivity
        if spec.pattern:
            found["pattern"] = spec.pattern
        # An enumeration of the format is open; here the list is all that is allowed.
        if spec.values:
            found["values"] = list(spec.values)
    return found


def _deprecation(spec: AttributeSpec | EventSpec | SpanSpec) -> dict[str, Any]:
    if not spec.deprecated_version or spec.aliases:
        return {}
    return {"deprecated": {"reason": "uncategorized", "note": f"Deprecated since {spec.deprecated_version}."}}


def _annotations(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {"annotations": {ANNOTATION: dict(facts)}} if facts else {}


def _event(event: EventSpec, definitions: Mapping[str, AttributeSpec]) -> dict[str, Any]:
    return {
        "id": f"event.{event.name}",
        "type": "event",
        "name": event.name,
        "stability": WEAVER_LEVELS[event.stability],
        "brief": event.brief,
        **_deprecation(event),
        **_annotations(_facts(event)),
        "attributes": [_reference(spec, definitions[spec.key]) for spec in event.attributes],
    }


def _span(spec: SpanSpec, definitions: Mapping[str, AttributeSpec]) -> dict[str, Any]:
    facts = _facts(spec)
    if spec.events:
        facts["events"] = [event.name for event in spec.events]
    if spec.slow_after is not None:
        facts["slow_after"] = spec.slow_after
    return {
        "id": f"span.{spec.name}",
        "type": "span",
        "span_kind": spec.kind.name.lower(),
        "stability": WEAVER_LEVELS[spec.stability],
        "brief": spec.brief,
        **_deprecation(spec),
        **_annotations(facts),
        "attributes": [_reference(each, definitions[each.key]) for each in spec.attributes],
    }


def _reference(spec: AttributeSpec, definition: AttributeSpec) -> dict[str, Any]:
    found: dict[str, Any] = {"ref": spec.key}
    if spec.requirement == "conditionally_required":
        found["requirement_level"] = {"conditionally_required": spec.brief or "See the documentation."}
    elif spec.requirement != "recommended":
        found["requirement_level"] = spec.requirement
    if spec.brief != definition.brief:
        found["brief"] = spec.brief
    if spec.stability is not definition.stability:
        found["stability"] = WEAVER_LEVELS[spec.stability]
    facts, defined = _facts(spec), _facts(definition)
    if facts != defined:
        # What the definition has and this one has not must be said too, or it would be inherited.
        absent = {name: default for name, default in _ABSENT.items() if name in defined}
        found["annotations"] = {ANNOTATION: {**absent, **facts}}
    return found
