"""What third-party code does is taken by either engine, and a collector shows what arrives."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import tracing_facade as tracing
from tests.support.collector import Collector
from tests.support.exporting import configuration_for
from tests.tracing_facade._engine.conftest import engine_name

__all__ = ["engine_name"]


@pytest.fixture
def collector() -> Iterator[Collector]:
    """Run a collector that this process exports to."""
    with Collector() as running, tracing.configure(configuration_for(running, "http/protobuf")):
        yield running
