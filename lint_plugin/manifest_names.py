"""Tells by its name whether a file declares requirements or entry points."""

from __future__ import annotations

import os

_NAMES = ("pyproject.toml", "setup.cfg", "Pipfile", "hatch.toml")
_ENDINGS = (".txt", ".in")
_REQUIREMENTS = tuple(f"requirements{ending}" for ending in _ENDINGS)


def is_manifest(path: str) -> bool:
    """Tell whether a file declares requirements or entry points, by its name."""
    if path.endswith(".py"):
        return False
    folder, name = os.path.split(path)
    if name in _NAMES:
        return True
    if not name.endswith(_ENDINGS):
        return False
    if name.startswith(("requirements", "constraints")) or name.endswith(_REQUIREMENTS):
        return True
    return os.path.basename(folder) == "requirements"
