"""How types, levels and requirements are said in Weaver's registry format, and in declarations."""

from __future__ import annotations

from typing import Any

from tracing_facade.registry.kinds import TYPE_NAMES
from tracing_facade.semantic_conventions.table import TYPES
from tracing_facade.stability import Stability

ANNOTATION = "tracing_facade"

PYTHON_TYPES: dict[str, Any] = TYPES
WEAVER_TYPES = {kind: name for name, kind in TYPES.items()}

WEAVER_LEVELS = {
    Stability.STABLE: "stable",
    Stability.BETA: "beta",
    Stability.ALPHA: "alpha",
    Stability.INTERNAL: "development",
}
# What is in development has no promise, but is no secret either.
LEVELS = {
    "stable": Stability.STABLE,
    "release_candidate": Stability.BETA,
    "beta": Stability.BETA,
    "alpha": Stability.ALPHA,
    "development": Stability.ALPHA,
    "experimental": Stability.ALPHA,
}


def requirement_of(level: Any) -> str:
    """Return a requirement level without the condition that may be told with it."""
    if isinstance(level, dict) and level:
        level = next(iter(level))
    return level if isinstance(level, str) else "recommended"


def type_name(kind: Any) -> str:
    """Return the name that a type has in declarations."""
    return TYPE_NAMES[kind]
