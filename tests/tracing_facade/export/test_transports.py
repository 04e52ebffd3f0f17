"""How requests look on the wire, and what TLS checks, over both protocols."""

from __future__ import annotations

from pathlib import Path

import pytest

import tracing_facade as tracing
from tests.support.collector import Behaviour, Collector
from tests.support.exporting import PROTOCOLS, Certificates, Protocol, certificates, configuration_for
from tests.tracing_facade.export.test_worker import record
from tracing_facade.config import TlsConfiguration
from tracing_facade.config.endpoint import parse_endpoint
from tracing_facade.export.otlp_grpc import target_of
from tracing_facade.selfmetrics import COUNTERS

both = pytest.mark.parametrize("protocol", PROTOCOLS)


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Make the certificates once."""
    return certificates(tmp_path_factory.mktemp("pki"))


@both
@pytest.mark.parametrize("compression", ["none", "gzip"])
def test_headers_and_compression(tmp_path: Path, protocol: Protocol, compression: str) -> None:
    """Configured headers, those from files, and who is sending arrive with every request."""
    token = tmp_path / "token"
    token.write_text("Bearer abc\n")
    with Collector() as collector:
        settings = {"headers": {"X-Tenant": "blue"}, "header_files": {"authorization": str(token)}}
        with tracing.configure(configuration_for(collector, protocol, compression=compression, **settings)) as handle:
            record(50)
            assert handle.flush(10.0)
        headers = collector.requests[0].headers
    assert (headers["x-tenant"], headers["authorization"]) == ("blue", "Bearer abc")
    assert headers["user-agent"].startswith("tracing-facade-OTLP-Exporter-Python/")
    if protocol == "http/protobuf":
        assert headers.get("content-encoding", "none") == compression
        assert headers["content-type"] == "application/x-protobuf"


@both
def test_mutual_tls(pki: Certificates, protocol: Protocol) -> None:
    """The collector sees our certificate and we check its."""
    with Collector(tls=pki.server) as collector:
        with tracing.configure(configuration_for(collector, protocol, tls=pki.client)) as handle:
            record(1)
            assert handle.flush(10.0)
        assert len(collector.spans()) == 1


@both
@pytest.mark.parametrize("case", ["without_certificate", "other_authority", "other_name", "missing_file"])
def test_tls_that_does_not_hold_sends_nothing(pki: Certificates, protocol: Protocol, case: str) -> None:
    """Nothing leaves over a connection that cannot be trusted; the spans wait, since the operator can mend it."""
    wrong_name = TlsConfiguration(**{**vars(pki.client), "server_name": "elsewhere.test"})
    missing = TlsConfiguration(ca_file="/nowhere/ca.pem")
    tls = {"other_name": wrong_name, "missing_file": missing}.get(case) or getattr(pki, case)
    COUNTERS.reset()
    with Collector(tls=pki.server) as collector:
        with tracing.configure(configuration_for(collector, protocol, tls=tls)) as handle:
            record(1)
            assert not handle.flush(1.0)
            assert handle.shutdown(0.2) is False
        assert collector.spans() == []
    assert COUNTERS.total("export_failures") >= 1


@both
def test_the_certificate_may_have_another_name(pki: Certificates, protocol: Protocol) -> None:
    """serverName says which name the certificate must have."""
    tls = TlsConfiguration(**{**vars(pki.client), "server_name": "collector.test"})
    with (
        Collector(tls=pki.server) as collector,
        tracing.configure(configuration_for(collector, protocol, tls=tls)) as handle,
    ):
        record(1)
        assert handle.flush(10.0)


def test_grpc_over_a_unix_socket(tmp_path: Path) -> None:
    """Kubernetes allows unix:// endpoints."""
    path = tmp_path / "collector.sock"
    with Collector(grpc_address=f"unix:{path}") as collector:
        collector.grpc_endpoint  # noqa: B018 reading it starts the server
        settings = tracing.TracingConfiguration(endpoint=f"unix://{path}", export_interval_seconds=0.05)
        with tracing.configure(settings) as handle:
            record(1)
            assert handle.flush(10.0)


@pytest.mark.parametrize(
    ("endpoint", "target"),
    [
        ("localhost:4317", "dns:///localhost:4317"),
        ("localhost", "dns:///localhost:4317"),
        ("dns://collector:55680", "dns:///collector:55680"),
        ("dns:///collector:55680", "dns:///collector:55680"),
        ("[::1]:4317", "dns:///[::1]:4317"),
        ("unix:///run/otel.sock", "unix:/run/otel.sock"),
        ("unix-abstract://otel", "unix-abstract:otel"),
        ("https://collector.example", "dns:///collector.example:443"),
        ("http://collector.example:4317", "dns:///collector.example:4317"),
    ],
)
def test_endpoints_become_grpc_targets(endpoint: str, target: str) -> None:
    """Every kind of endpoint that the configuration allows."""
    assert target_of(parse_endpoint(endpoint)) == target


@pytest.mark.parametrize(
    ("suffix", "path"), [("", "/v1/traces"), ("/", "/v1/traces"), ("/otlp/v1/traces", "/otlp/v1/traces")]
)
def test_the_path_of_http_requests(suffix: str, path: str) -> None:
    """Without a path it is /v1/traces; a path is used as it is (OTLP exporter specification)."""
    with Collector() as collector:
        settings = configuration_for(collector, "http/protobuf", endpoint=collector.http_endpoint + suffix)
        with tracing.configure(settings) as handle:
            record(1)
            assert handle.flush(10.0)
        assert collector.requests[0].path == path


def test_one_connection_is_kept_and_replaced_when_the_collector_closes_it() -> None:
    """Idle connections that are closed cost no span and no failure."""
    COUNTERS.reset()
    with Collector() as collector, tracing.configure(configuration_for(collector, "http/protobuf")) as handle:
        for _ in range(3):
            record(1)
            assert handle.flush(10.0)
        assert len({request.peer for request in collector.requests}) == 1
        collector.stop()
        collector.start()
        record(1)
        assert handle.flush(10.0)
        assert len(collector.spans()) == 4
        assert COUNTERS.total("export_failures") == 0


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        (
            Behaviour(status=307, location="http://elsewhere/\r\nx"),
            ["307", "redirect to http://elsewhere/", "not followed"],
        ),
        (Behaviour(status=404), ["404", "4318", "/v1/traces"]),
        (Behaviour(status=401, message="no token"), ["401", "no token"]),
        (Behaviour(status=500, body=b"<html>\n\x1b[31moops"), ["500", "oops"]),
    ],
    ids=["redirect", "not found", "unauthorized", "server error"],
)
def test_a_refusal_says_what_to_do(behaviour: Behaviour, words: list[str], caplog: pytest.LogCaptureFixture) -> None:
    """The log names the endpoint, the answer and the likely cause, and cannot be forged by what the answer says."""
    with Collector() as collector:
        collector.behaviour = behaviour
        with tracing.configure(configuration_for(collector, "http/protobuf")) as handle:
            record(1)
            assert not handle.flush(10.0)
        assert len(collector.requests) == 1
    (said,) = [record.getMessage() for record in caplog.records if "refuses" in record.getMessage()]
    assert all(word in said for word in [collector.http_endpoint, *words])
    assert said.isprintable()


@pytest.mark.parametrize("behaviour", [Behaviour(disconnect=True), Behaviour(body=b"\xff" * 1_000_000)])
def test_odd_answers_cost_nothing(behaviour: Behaviour) -> None:
    """A connection that breaks is tried again; an enormous answer with status 200 is a success and is not kept."""
    with Collector() as collector:
        collector.behave(behaviour)
        with tracing.configure(configuration_for(collector, "http/protobuf")) as handle:
            record(1)
            assert handle.flush(10.0)
            record(1)
            assert handle.flush(10.0)
