"""Objects for people and for programs: tables, names, JSON and YAML."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from typing import Any

import yaml

from reference_server.resources import CONFIG_MAPS, NAMESPACES, Resource

FORMATS = ("json", "yaml", "name")

Object = dict[str, Any]

_COLUMNS: dict[str, tuple[str, Callable[[Object], str]]] = {
    CONFIG_MAPS.plural: ("DATA", lambda value: str(len(value.get("data") or {}) + len(value.get("binaryData") or {}))),
    NAMESPACES.plural: ("STATUS", lambda value: str((value.get("status") or {}).get("phase", ""))),
}


def plain(text: str) -> str:
    """Return text that cannot do anything to a terminal: control characters become question marks."""
    return "".join(character if _is_harmless(character) else "?" for character in text)


def _is_harmless(character: str) -> bool:
    return character.isprintable() or character == "\n"


def formatted(value: Object, kind: str) -> str:
    """Return an object or a list of objects as JSON or YAML; what would do something to a terminal is escaped."""
    if kind == "json":
        text = json.dumps(value, indent=4, ensure_ascii=False)
        return "".join(character if _is_harmless(character) else _escaped(character) for character in text)
    text = _yaml(value, allow_unicode=True)
    return text if plain(text) == text else _yaml(value, allow_unicode=False)


def _escaped(character: str) -> str:
    return "\\u007f" if character == "\x7f" else json.dumps(character)[1:-1]


def _yaml(value: Object, *, allow_unicode: bool) -> str:
    text: str = yaml.safe_dump(value, sort_keys=True, allow_unicode=allow_unicode)
    return text.rstrip("\n")


def short_name(resource: Resource, value: Object) -> str:
    """Return ``configmap/settings``."""
    return f"{resource.singular}/{value['metadata']['name']}"


def table(resource: Resource, values: Sequence[Object], *, with_namespace: bool, now: datetime | None = None) -> str:
    """Return objects as a table.

    Args:
        resource: what they are.
        values: the objects.
        with_namespace: whether to show a column of namespaces.
        now: the time their age is counted to.
    """
    own = _COLUMNS.get(resource.plural)
    header = [*(["NAMESPACE"] if with_namespace else []), "NAME", *([own[0]] if own else []), "AGE"]
    rows = [header]
    for value in values:
        metadata = value["metadata"]
        row = [metadata.get("namespace", "")] if with_namespace else []
        row += [metadata["name"], *([own[1](value)] if own else [])]
        rows.append([*row, age(metadata.get("creationTimestamp"), now or datetime.now(timezone.utc))])
    widths = [max(len(row[column]) for row in rows) for column in range(len(header))]
    return "\n".join(_line(row, widths) for row in rows)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    return "   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def age(timestamp: Any, now: datetime) -> str:
    """Return how long ago an RFC 3339 time was, as kubectl shortens it: ``32s``, ``5m``, ``3h``, ``2d``."""
    try:
        then = datetime.strptime(timestamp, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    except (TypeError, ValueError):
        return "<unknown>"
    seconds = max(int((now - then).total_seconds()), 0)
    for unit, length, least in (("d", 86_400, 48 * 3_600), ("h", 3_600, 3 * 3_600), ("m", 60, 120)):
        if seconds >= least:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"
