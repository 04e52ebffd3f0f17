"""Which engine runs is said where operators look: in the log of a server, as it starts, and on its page of metrics."""

from __future__ import annotations

import os
import re
import urllib.request
from pathlib import Path

import pytest

from tests.support.api_server import ADMIN, server_process
from tests.support.prometheus_text import families_of
from tests.tracing_facade._engine.conftest import AVAILABLE
from tracing_facade._engine import engine
from tracing_facade.config.loading import OWN_VERSION

SETTINGS = {"apiVersion": OWN_VERSION, "kind": "TracingConfiguration", "exporter": "none"}


@pytest.mark.parametrize("name", AVAILABLE)
def test_log_and_metrics_of_a_server_name_its_engine(tmp_path: Path, name: str) -> None:
    """The one that was asked for, in both places, and no other."""
    with server_process(tmp_path, tracing=SETTINGS, environment={**os.environ, engine.VARIABLE: name}) as server:
        request = urllib.request.Request(f"{server.url()}/metrics", headers={"Authorization": f"Bearer {ADMIN}"})
        with urllib.request.urlopen(request, timeout=20) as response:
            families = families_of(response.read().decode())
        assert re.findall(r"tracing is on: engine (\w+),", server.log()) == [name]
    assert [sample.labels["engine"] for sample in families["tracing_facade_info"].samples] == [name]
