"""The table of published attributes, by name."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any, NamedTuple

from tracing_facade.errors import DeclarationError

DATA = os.path.join(os.path.dirname(__file__), "attributes.json")

TYPES: dict[str, Any] = {
    "string": str, "boolean": bool, "int": int, "double": float,
    "string[]": list[str], "boolean[]": list[bool], "int[]": list[int], "double[]": list[float],
}  # fmt: skip
"""The types of the conventions that an attribute of a span can have, as Python's."""


class Convention(NamedTuple):
    """One published attribute.

    Args:
        name: its key; of a template, the part that all its keys begin with.
        type: of its values, as Python's.
        stable: whether the conventions promise to keep it.
        values: those that are published; others may occur, since such lists are open.
        template: whether it stands for all keys that begin with ``name`` and a dot.
        deprecated: whether it should be used no more.
        replaced_by: what to use instead; empty when there is no single thing.
    """

    name: str
    type: Any
    stable: bool
    values: tuple[str | int, ...] = ()
    template: bool = False
    deprecated: bool = False
    replaced_by: tuple[str, ...] = ()


def release() -> str:
    """Return the release of the conventions that the table was made from."""
    found: str = _table()["release"]
    return found


def names() -> tuple[str, ...]:
    """Return the names of all published attributes, deprecated ones too."""
    return tuple(_table()["attributes"])


def published(key: str) -> Convention | None:
    """Return the convention that a key follows, be it deprecated; None when there is none."""
    attributes = _table()["attributes"]
    if key in attributes:
        found = _convention(key, attributes[key])
        return None if found.template else found
    parts = key.split(".")
    for length in range(len(parts) - 1, 0, -1):
        name = ".".join(parts[:length])
        if name in attributes and attributes[name].get("template"):
            return _convention(name, attributes[name])
    return None


def find(key: object) -> Convention:
    """Return the convention that a key follows.

    Raises:
        DeclarationError: none does, or it is deprecated; the message names the nearest ones, or the replacement.
    """
    if not isinstance(key, str):
        raise DeclarationError(
            f"{key!r} is not a name of the semantic conventions; give a string, such as 'http.request.method'", "key"
        )
    found = published(key)
    if found is None:
        raise DeclarationError(_unknown(key), "key")
    if found.deprecated:
        instead = " or ".join(map(repr, found.replaced_by))
        hint = (
            f"use {instead}" if instead else "nothing replaces it one to one; declare what you need with AttributeSpec"
        )
        raise DeclarationError(f"{key!r} is deprecated in the semantic conventions {release()}; {hint}", "key")
    return found


def _unknown(key: str) -> str:
    table = _table()["attributes"]
    if table.get(key, {}).get("template"):
        return f"{key!r} stands for many keys in the semantic conventions; name one of them, such as '{key}.name'"
    current = [name for name, row in table.items() if "deprecated" not in row]
    import difflib  # not at the top: only mistakes need it

    close = difflib.get_close_matches(key, current, n=3, cutoff=0.6)
    hint = f"did you mean {' or '.join(map(repr, close))}?" if close else "see the registry on opentelemetry.io"
    return (
        f"{key!r} is not in the semantic conventions {release()}; {hint} "
        "An attribute of your own is declared with AttributeSpec itself"
    )


def _convention(name: str, row: dict[str, Any]) -> Convention:
    return Convention(
        name,
        TYPES[row["type"]],
        row.get("stable", False),
        tuple(row.get("values", ())),
        row.get("template", False),
        "deprecated" in row,
        tuple(row.get("deprecated", ())),
    )


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    import json  # not at the top: few declarations need the table

    with open(DATA, encoding="utf-8") as file:
        table: dict[str, Any] = json.load(file)
    return table
