"""Every test of an engine runs on both, or on the only one that there is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tracing_facade._engine import engine

AVAILABLE = [engine.PYTHON, *([engine.NATIVE] if engine.native() is not None else [])]


@pytest.fixture(params=AVAILABLE, autouse=True)
def engine_name(request: pytest.FixtureRequest) -> Iterator[str]:
    """Make everything that the test records be recorded by one of the engines."""
    with engine.forced(request.param):
        yield request.param
