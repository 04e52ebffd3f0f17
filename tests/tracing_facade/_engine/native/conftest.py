"""These tests are about the native engine; where it was not built there is nothing to test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tracing_facade._engine import engine

NATIVE_IS_THERE = engine.native() is not None

collect_ignore_glob = [] if NATIVE_IS_THERE else ["test_[!b]*.py"]


@pytest.fixture(autouse=True)
def engine_name() -> Iterator[str]:
    """Use the native engine."""
    with engine.forced(engine.NATIVE if NATIVE_IS_THERE else engine.PYTHON):
        yield engine.name()
