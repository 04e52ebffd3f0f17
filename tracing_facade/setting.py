"""A field of a settings dataclass with its documentation beside it, and how files write such fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field, fields
from typing import Any

from tracing_facade._on_demand import pattern_on_demand
from tracing_facade.errors import Problem

Spelling = Callable[[str], str]
"""Turns the name of a field in Python into the one that it has in a file."""

_NAME_OR_INDEX = pattern_on_demand(r"\[[^\]]*\]|[a-z_]+")


def setting(default: Any, meaning: str, unit: str = "", *, repr: bool = True) -> Any:
    """Return a dataclass field.

    Args:
        default: its default; a dict is copied for every instance.
        meaning: what it does, for the reference page.
        unit: of its value.
        repr: False keeps its value out of ``repr``, because it is secret.
    """
    details = {"meaning": meaning, "unit": unit}
    if isinstance(default, dict):
        return field(default_factory=lambda: dict(default), metadata=details, repr=repr)
    return field(default=default, metadata=details, repr=repr)


def camel(name: str) -> str:
    """Spell a name as YAML and JSON files do: ``spansPerSecond``."""
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def kebab(name: str) -> str:
    """Spell a name as TOML files do: ``spans-per-second``."""
    return name.replace("_", "-")


def spelled(path: str, spelling: Spelling) -> str:
    """Return a field path as it is written in a file; what is in brackets stays, since it is a value."""
    return _NAME_OR_INDEX.sub(lambda part: part[0] if part[0].startswith("[") else spelling(part[0]), path)


def from_mapping(path: str, value: Any, kind: Callable[..., Any], problems: list[Problem], spelling: Spelling) -> Any:
    """Return a settings object made of what a file says; what is no mapping is left for validation to name.

    Args:
        path: where it stands in the file.
        value: what stands there.
        kind: the dataclass.
        problems: get those fields that it does not have.
        spelling: how the file writes the names of fields.
    """
    if not isinstance(value, dict):
        return value
    names = {spelling(item.name): item.name for item in fields(kind)}  # type: ignore[arg-type]  # a dataclass
    given: dict[str, Any] = {}
    for key, item in value.items():
        if key not in names:
            import difflib  # not at the top: only mistakes need it

            close = difflib.get_close_matches(str(key), names, n=1)
            hint = f"did you mean {close[0]}?" if close else f"allowed are {', '.join(names)}"
            problems.append(Problem(f"{path}.{key}", f"unknown field; {hint}"))
        elif item is not None:
            given[names[key]] = tuple(item) if isinstance(item, list) else item
    return kind(**given)
