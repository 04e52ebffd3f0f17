"""Reads a registry of OpenTelemetry Weaver: its files, and which attributes each span and event has after all."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

Entry = dict[str, Any]
_MANIFESTS = ("manifest.yaml", "registry_manifest.yaml")
_MOST_LEVELS = 50


class RegistryError(Exception):
    """A registry that cannot be read; the message names the file and what is wrong in it."""


@dataclass
class Registry:
    """What a registry defines.

    Args:
        attributes: by key.
        groups: everything that has attributes, by id.
        spans: the groups that are spans, by name.
        events: the groups that are events, by name.
    """

    attributes: dict[str, Entry] = field(default_factory=dict)
    groups: dict[str, Entry] = field(default_factory=dict)
    spans: dict[str, Entry] = field(default_factory=dict)
    events: dict[str, Entry] = field(default_factory=dict)

    def attributes_of(self, group: Entry) -> list[Entry]:
        """Return all attributes of a group, each with everything that is said about it anywhere.

        Raises:
            RegistryError: it refers to something that is not there, or to itself.
        """
        return list(self._attributes(group, 0).values())

    def _attributes(self, group: Entry, level: int) -> dict[str, Entry]:
        if level > _MOST_LEVELS:
            raise RegistryError(f"{_id(group)!r} extends itself; end the circle")
        found: dict[str, Entry] = {}
        for name in _parents(group):
            found.update(self._attributes(self._group(name, group), level + 1))
        for entry in group.get("attributes") or ():
            if "ref_group" in entry:
                for key, inherited in self._attributes(self._group(entry["ref_group"], group), level + 1).items():
                    found[key] = {**inherited, **found.get(key, {})}
                continue
            key = entry.get("id") or entry.get("key") or entry.get("ref")
            if key not in found and key not in self.attributes:
                raise RegistryError(
                    f"{_id(group)!r} refers to the attribute {key!r}, which the registry does not define"
                )
            found[key] = {**(found.get(key) or self.attributes[key]), **entry, "key": key}
        return found

    def _group(self, name: str, asking: Entry) -> Entry:
        if name not in self.groups:
            raise RegistryError(f"{_id(asking)!r} refers to {name!r}, which the registry does not define")
        return self.groups[name]


def load(folder: str) -> Registry:
    """Return the registry in a folder.

    Raises:
        RegistryError: there is none, or it cannot be read.
    """
    registry = Registry()
    found = False
    for path in _files(folder):
        found = True
        document = _document(path)
        if isinstance(document, dict):
            _add(registry, document)
    if not found:
        raise RegistryError(f"{folder!r} holds no registry; name the folder with its YAML files")
    return registry


def _files(folder: str) -> Iterator[str]:
    for path, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            if name.endswith((".yaml", ".yml")) and name not in _MANIFESTS:
                yield os.path.join(path, name)


def _document(path: str) -> Any:
    try:
        with open(path, encoding="utf-8") as file:
            return yaml.safe_load(file)
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise RegistryError(f"{path}: cannot be read: {error}; mend it, or name another folder") from error


def _add(registry: Registry, document: Mapping[str, Any]) -> None:
    groups = [*_entries(document, "groups"), *_entries(document, "attribute_groups")]
    for group in groups:
        registry.groups[str(group.get("id"))] = group
        _define(registry, _entries(group, "attributes"))
    _define(registry, _entries(document, "attributes"))
    for span in (*(group for group in groups if group.get("type") == "span"), *_version_2_spans(document)):
        name = str(span["id"]).removeprefix("span.")
        registry.spans[name] = registry.groups[f"span.{name}"] = registry.groups[str(span["id"])] = span
    for event in (*(group for group in groups if group.get("type") == "event"), *_entries(document, "events")):
        registry.events[str(event.get("name") or event.get("id"))] = event


def _define(registry: Registry, attributes: Iterable[Entry]) -> None:
    for entry in attributes:
        key = entry.get("key") or entry.get("id")
        if key and "ref" not in entry:
            registry.attributes[str(key)] = {**entry, "key": key}


def _version_2_spans(document: Mapping[str, Any]) -> Iterator[Entry]:
    """Yield the spans of ``definition/2`` in the words of the format before it."""
    for span in _entries(document, "spans"):
        yield {**span, "id": f"span.{span.get('type')}", "span_kind": span.get("kind"), "type": "span"}
    for span in _entries(document, "span_refinements"):
        yield {**span, "id": span.get("id"), "extends": f"span.{span.get('ref')}", "type": "span"}


def _entries(whole: Mapping[str, Any], key: str) -> list[Entry]:
    found = whole.get(key)
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def _parents(group: Entry) -> list[str]:
    return [group["extends"]] if isinstance(group.get("extends"), str) else []


def _id(group: Entry) -> str:
    return str(group.get("id") or group.get("name"))
