"""A field of a settings dataclass with its documentation beside it."""

from __future__ import annotations

from dataclasses import field
from typing import Any


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
