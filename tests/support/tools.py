"""Programs that a test needs and that pip does not install."""

from __future__ import annotations

import shutil

import pytest


def require_tool(name: str) -> str:
    """Return the path of a program; without it the test is skipped, which REQUIRE_ALL=1 turns into a failure."""
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path
