"""The HTTP and gRPC receivers and the query API, over real sockets and with the official exporters."""

from __future__ import annotations

import gzip
import http.client
import json
import socket
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcExporter
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpExporter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter

from tests.tracing_facade.viewer.spans import TRACE_ID, span
from tracing_facade.viewer.grpc_receiver import GrpcReceiver
from tracing_facade.viewer.http_receiver import HttpReceiver
from tracing_facade.viewer.store import TraceStore

PROTOBUF = {"Content-Type": "application/x-protobuf"}


@pytest.fixture
def store() -> TraceStore:
    """A store that takes a trace for finished at once."""
    return TraceStore(quiet_seconds=0.01)


@pytest.fixture
def http_port(store: TraceStore) -> Iterator[int]:
    """The port of a running HTTP receiver."""
    receiver = HttpReceiver(store, "127.0.0.1", 0)
    receiver.start()
    yield receiver.port
    receiver.stop()


@pytest.fixture
def grpc_port(store: TraceStore) -> Iterator[int]:
    """The port of a running gRPC receiver."""
    receiver = GrpcReceiver(store, "127.0.0.1", 0)
    receiver.start()
    yield receiver.port
    receiver.stop()


def _ask(
    port: int, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def _send_with(exporter: SpanExporter) -> None:
    provider = TracerProvider(resource=Resource({"service.name": "shop"}))
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = provider.get_tracer("library")
    with tracer.start_as_current_span("order"), tracer.start_as_current_span("pay", attributes={"amount": 5}):
        pass
    provider.shutdown()


def _outline(store: TraceStore) -> list[tuple[str, str, Any]]:
    (trace,) = store.all()
    return [(each.service, each.name, each.attributes.get("amount")) for each in trace.spans]


@pytest.mark.parametrize("compression", [Compression.NoCompression, Compression.Gzip], ids=["plain", "gzip"])
def test_the_official_http_exporter_is_understood(store: TraceStore, http_port: int, compression: Compression) -> None:
    """Spans sent by OpenTelemetry's own OTLP/HTTP exporter arrive whole."""
    _send_with(HttpExporter(f"http://127.0.0.1:{http_port}/v1/traces", compression=compression))
    assert _outline(store) == [("shop", "pay", 5), ("shop", "order", None)]


@pytest.mark.parametrize("compression", [grpc.Compression.NoCompression, grpc.Compression.Gzip], ids=["plain", "gzip"])
def test_the_official_grpc_exporter_is_understood(
    store: TraceStore, grpc_port: int, compression: grpc.Compression
) -> None:
    """Spans sent by OpenTelemetry's own OTLP/gRPC exporter arrive whole."""
    _send_with(GrpcExporter(f"127.0.0.1:{grpc_port}", insecure=True, compression=compression))
    assert _outline(store) == [("shop", "pay", 5), ("shop", "order", None)]


def _request_with_bad_span() -> bytes:
    request = ExportTraceServiceRequest()
    spans = request.resource_spans.add().scope_spans.add().spans
    spans.extend([Span(trace_id=b"t" * 16, span_id=b"s" * 8), Span(trace_id=b"short", span_id=b"s" * 8)])
    return request.SerializeToString()


def test_a_span_without_identity_is_rejected_alone(store: TraceStore, http_port: int) -> None:
    """The others of its batch are taken, and the answer says how many were not."""
    status, answer = _ask(http_port, "POST", "/v1/traces", _request_with_bad_span(), PROTOBUF)
    assert status == 200
    assert ExportTraceServiceResponse.FromString(answer).partial_success.rejected_spans == 1
    assert len(store.all()) == 1


@pytest.mark.parametrize(
    ("path", "body", "headers", "status", "said"),
    [
        pytest.param("/v1/traces", b"\x0a\x05", PROTOBUF, 400, b"wants 5 bytes", id="malformed"),
        pytest.param("/v1/traces", b"x", {**PROTOBUF, "Content-Encoding": "gzip"}, 400, b"not gzip", id="not gzip"),
        pytest.param("/v1/traces", b"{}", {"Content-Type": "application/json"}, 415, b"application/json", id="JSON"),
        pytest.param("/v1/metrics", b"", PROTOBUF, 404, b"/v1/traces", id="metrics"),
        pytest.param("/v1/traces", b"", {**PROTOBUF, "Host": "evil.example"}, 403, b"localhost only", id="other host"),
    ],
)
def test_what_is_not_taken_is_answered(
    http_port: int, path: str, body: bytes, headers: dict[str, str], status: int, said: bytes
) -> None:
    """Each refusal has its status and a reason."""
    found, answer = _ask(http_port, "POST", path, body, headers)
    assert found == status
    assert said in answer


def test_a_body_over_the_limit_is_refused_unread(http_port: int) -> None:
    """The announced length is enough to refuse."""
    with socket.create_connection(("127.0.0.1", http_port), timeout=20) as client:
        head = "POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\n"
        client.sendall(f"{head}Content-Length: 999999999\r\n\r\n".encode())
        assert b" 413 " in client.recv(1_000)


def test_a_gzip_bomb_is_refused(http_port: int) -> None:
    """What unpacks beyond the limit is not taken, however small it is on the wire."""
    bomb = gzip.compress(bytes(17 * 1024 * 1024))
    status, _ = _ask(http_port, "POST", "/v1/traces", bomb, {**PROTOBUF, "Content-Encoding": "gzip"})
    assert status == 413


def test_malformed_grpc_is_an_invalid_argument(grpc_port: int) -> None:
    """A client learns that trying again is no use."""
    with grpc.insecure_channel(f"127.0.0.1:{grpc_port}") as channel:
        export = channel.unary_unary("/opentelemetry.proto.collector.trace.v1.TraceService/Export")
        with pytest.raises(grpc.RpcError) as caught:
            export(b"\x0a\x05", timeout=20)
    assert getattr(caught.value, "code", lambda: None)() == grpc.StatusCode.INVALID_ARGUMENT


def test_the_list_has_a_line_for_each_trace(store: TraceStore, http_port: int) -> None:
    """``/api/traces`` says what there is, the newest first."""
    store.add([span("1", trace_id="1" * 32)])
    store.add([span("1", trace_id="2" * 32)])
    status, answer = _ask(http_port, "GET", "/api/traces")
    assert status == 200
    assert [trace["trace_id"] for trace in json.loads(answer)["traces"]] == ["2" * 32, "1" * 32]


def test_a_trace_reads_as_json(store: TraceStore, http_port: int) -> None:
    """All spans, with bytes and NaN in a form that JSON has."""
    store.add([span("1", attributes={"raw": b"\x00\xff", "nan": float("nan"), "list": [1, "\ud800"]})])
    status, answer = _ask(http_port, "GET", f"/api/traces/{TRACE_ID}")
    trace = json.loads(answer)
    assert (status, trace["spans"][0]["name"]) == (200, "span 1")
    assert trace["spans"][0]["attributes"] == {"raw": "AP8=", "nan": "nan", "list": [1, "\ud800"]}


def test_a_trace_reads_as_a_waterfall(store: TraceStore, http_port: int) -> None:
    """``format=text`` answers what the terminal shows, as wide as asked for, waiting as long as allowed."""
    store.add([span("1", name="保存")])
    status, answer = _ask(http_port, "GET", f"/api/traces/{TRACE_ID}?format=text&width=60&wait=5")
    assert status == 200
    assert answer.decode().splitlines()[1].startswith("shop: 保存 █")


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        pytest.param(f"/api/traces/{TRACE_ID}", {}, 404, id="not received"),
        pytest.param("/api/traces/xyz", {}, 404, id="no trace id"),
        pytest.param("/", {}, 404, id="no such page"),
        pytest.param(f"/api/traces/{TRACE_ID}?format=xml", {}, 400, id="unknown format"),
        pytest.param(f"/api/traces/{TRACE_ID}?wait=soon", {}, 400, id="wait is no number"),
        pytest.param(f"/api/traces/{TRACE_ID}?wait=nan", {}, 400, id="wait is not a number"),
        pytest.param("/api/traces", {"Host": "evil.example"}, 403, id="other host"),
        pytest.param("/api/traces", {"Host": "127.0.0.1.evil.example"}, 403, id="host that looks like loopback"),
        pytest.param("/api/traces", {"Host": "[::1]:4318"}, 200, id="IPv6 loopback"),
    ],
)
def test_questions_get_the_status_they_deserve(http_port: int, path: str, headers: dict[str, str], status: int) -> None:
    """The query API answers in JSON whatever it is asked."""
    found, answer = _ask(http_port, "GET", path, headers=headers)
    assert found == status
    assert json.loads(answer)


def test_a_port_that_is_taken_is_an_error(store: TraceStore, http_port: int, grpc_port: int) -> None:
    """Two viewers never share a port and half of the spans each."""
    with pytest.raises(OSError, match="in use"):
        HttpReceiver(store, "127.0.0.1", http_port)
    with pytest.raises(OSError, match=r"127\.0\.0\.1"):
        GrpcReceiver(store, "127.0.0.1", grpc_port)
