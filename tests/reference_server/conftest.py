"""What tests of the API server share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.api_server import InProcessServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[InProcessServer]:
    """Give the whole application, without webhooks and with an empty store."""
    running = InProcessServer(tmp_path)
    yield running
    running.close()
