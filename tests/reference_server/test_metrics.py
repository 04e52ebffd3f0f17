"""The page of metrics."""

from __future__ import annotations

import pytest

import tracing_facade as tracing
from tests.support.api_server import ADMIN, DEVELOPER, MONITOR, NOBODY, InProcessServer
from tests.support.collector import Collector
from tests.support.exporting import configuration_for
from tests.support.prometheus_text import families_of, openmetrics_families_of
from tracing_facade._engine import engine


def test_it_is_prometheus_text(server: InProcessServer) -> None:
    """As Prometheus' own client reads it; the engine is named."""
    with Collector() as collector, tracing.configure(configuration_for(collector, "http/protobuf")):
        answer = server.call("GET", "/metrics")
    assert answer.code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    families = families_of(answer.body.decode())
    (info,) = families["tracing_facade_info"].samples
    assert info.labels["engine"] == engine.name()
    started = {sample.labels["source"]: sample.value for sample in families["tracing_facade_spans_started"].samples}
    assert started["facade"] >= 1


def test_open_metrics_on_request(server: InProcessServer) -> None:
    """Prometheus prefers it."""
    answer = server.call("GET", "/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    assert answer.headers["Content-Type"].startswith("application/openmetrics-text")
    assert "tracing_facade" in openmetrics_families_of(answer.body.decode())


@pytest.mark.parametrize(
    ("token", "code"), [(ADMIN, 200), (MONITOR, 200), (DEVELOPER, 403), (NOBODY, 401)], ids=["a", "m", "d", "nobody"]
)
def test_who_may_read_it(server: InProcessServer, token: str, code: int) -> None:
    """Those who monitor, as in Kubernetes."""
    assert server.call("GET", "/metrics", token=token).code == code


def test_it_can_only_be_read(server: InProcessServer) -> None:
    """As the other pages."""
    answer = server.call("POST", "/metrics", {})
    assert (answer.code, answer.headers["Allow"]) == (405, "GET, HEAD")
