"""A real OTLP collector on loopback, over HTTP and gRPC, that can also misbehave in the ways collectors do."""

from __future__ import annotations

import contextlib
import gzip
import socket
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

import grpc
from google.protobuf.any_pb2 import Any as PackedMessage
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import RetryInfo  # type: ignore[import-untyped]  # ships no types
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]  # ships no types
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from tests.support.received_span import ReceivedSpan, spans_of

EXPORT_METHOD = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"


@dataclass(frozen=True)
class Behaviour:
    """How the collector answers a request; the default is to accept it.

    Args:
        delay: seconds before the answer.
        hang: never answer, until the collector stops.
        disconnect: close the connection without an answer (HTTP only).
        trickle: seconds between the bytes of the answer (HTTP only).
        status: HTTP status; anything but 200 refuses the spans.
        code: gRPC status; anything but OK refuses the spans.
        retry_after: the Retry-After header over HTTP; with a number also RetryInfo over gRPC.
        location: the Location header.
        rejected: how many spans a partial success rejects.
        message: the text of a partial success or of an error.
        body: bytes to answer over HTTP instead of a protobuf message.
    """

    delay: float = 0.0
    hang: bool = False
    disconnect: bool = False
    trickle: float = 0.0
    status: int = 200
    code: grpc.StatusCode = grpc.StatusCode.OK
    retry_after: str | float | None = None
    location: str | None = None
    rejected: int = 0
    message: str = ""
    body: bytes | None = None


ACCEPT = Behaviour()
HANG = Behaviour(hang=True)
UNAVAILABLE = Behaviour(status=503, code=grpc.StatusCode.UNAVAILABLE, message="try again")


@dataclass(frozen=True)
class ReceivedRequest:
    """One export request as it came in, accepted or not."""

    protocol: str
    path: str
    headers: dict[str, str]
    peer: Any
    accepted: bool
    at: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class ServerTls:
    """PEM bytes for a server with TLS; with ``client_ca`` it also asks clients for a certificate."""

    certificate: bytes
    key: bytes
    http_context: ssl.SSLContext
    client_ca: bytes | None = None


class Collector:
    """Receives spans until the end of the ``with`` block.

    ``behaviour`` answers every request; ``behave(first, second, ...)`` answers the next requests differently.
    gRPC starts when ``grpc_endpoint`` is first read, so that tests without it start fewer threads.
    """

    def __init__(self, *, tls: ServerTls | None = None, grpc_address: str = "127.0.0.1:0") -> None:
        self.behaviour = ACCEPT
        self.requests: list[ReceivedRequest] = []
        self.payloads: list[bytes] = []
        self.stopped = threading.Event()
        self._next: list[Behaviour] = []
        self._spans: list[ReceivedSpan] = []
        self._changed = threading.Condition()
        self._tls = tls
        self._grpc_address = grpc_address
        self._grpc_server: grpc.Server | None = None
        self._http_port = 0
        self._http_server: _HttpServer | None = None
        self.start()

    @property
    def http_endpoint(self) -> str:
        """The base URL, without ``/v1/traces``."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self._http_port}"

    @property
    def grpc_endpoint(self) -> str:
        """The gRPC target: host and port, or ``unix:`` and a path."""
        if self._grpc_server is None:
            self._start_grpc()
        return self._grpc_address

    def behave(self, *behaviours: Behaviour) -> None:
        """Answer the next requests like this, one each; after that ``behaviour`` counts again."""
        with self._changed:
            self._next.extend(behaviours)

    def spans(self) -> list[ReceivedSpan]:
        """Return the spans accepted so far."""
        with self._changed:
            return list(self._spans)

    def wait_for(self, count: int, timeout: float = 10.0) -> list[ReceivedSpan]:
        """Return the spans once there are ``count`` of them; fail the test when they do not come in time."""
        with self._changed:
            enough = self._changed.wait_for(lambda: len(self._spans) >= count, timeout)
            names = [span.name for span in self._spans[:20]]
            assert enough, f"{count} spans expected within {timeout} s, {len(self._spans)} came: {names}"
            return list(self._spans)

    def wait_for_requests(self, count: int, timeout: float = 10.0) -> list[ReceivedRequest]:
        """Return the requests, accepted or not, once there are ``count`` of them."""
        with self._changed:
            enough = self._changed.wait_for(lambda: len(self.requests) >= count, timeout)
            assert enough, f"{count} requests expected within {timeout} s, {len(self.requests)} came"
            return list(self.requests)

    def start(self) -> None:
        """Listen on HTTP, after ``stop`` on the same ports as before."""
        self.stopped = threading.Event()
        server = _HttpServer(("127.0.0.1", self._http_port), partial(_HttpHandler, self, self.stopped))
        if self._tls:
            server.socket = self._tls.http_context.wrap_socket(
                server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._http_port = server.server_address[1]
        self._http_server = server
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True, name="collector").start()
        if self._grpc_address.rpartition(":")[2] != "0" and not self._grpc_address.startswith("unix:"):
            self._start_grpc()

    def stop(self) -> None:
        """Stop listening and close every connection; ``start`` brings the collector back."""
        self.stopped.set()
        if self._http_server is not None:
            self._http_server.shutdown()
            self._http_server.close_connections()
            self._http_server.server_close()
            self._http_server = None
        if self._grpc_server is not None:
            self._grpc_server.stop(None).wait(5)
            self._grpc_server = None

    def __enter__(self) -> Collector:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def receive(self, protocol: str, path: str, headers: dict[str, str], peer: Any, payload: bytes) -> Behaviour:
        """Take one request and say how to answer it."""
        spans = list(spans_of(ExportTraceServiceRequest.FromString(payload)))
        with self._changed:
            self.payloads.append(payload)
            behaviour = self._next.pop(0) if self._next else self.behaviour
            refused = behaviour.status != 200 if protocol == "http" else behaviour.code != grpc.StatusCode.OK
            accepted = not (refused or behaviour.hang or behaviour.disconnect)
            if accepted:
                self._spans.extend(spans[behaviour.rejected :])
            self.requests.append(ReceivedRequest(protocol, path, headers, peer, accepted))
            self._changed.notify_all()
        self.stopped.wait(1e6 if behaviour.hang else behaviour.delay)
        return behaviour

    def _start_grpc(self) -> None:
        handler = grpc.method_handlers_generic_handler(
            "opentelemetry.proto.collector.trace.v1.TraceService",
            {"Export": grpc.unary_unary_rpc_method_handler(self._export)},
        )
        server = grpc.server(
            ThreadPoolExecutor(8, thread_name_prefix="collector-grpc"),
            handlers=[handler],
            options=[("grpc.so_reuseport", 0), ("grpc.max_receive_message_length", 64 << 20)],
        )
        if self._tls:
            pairs = [(self._tls.key, self._tls.certificate)]
            needs_client = self._tls.client_ca is not None
            credentials = grpc.ssl_server_credentials(pairs, self._tls.client_ca, needs_client)
            port = server.add_secure_port(self._grpc_address, credentials)
        else:
            port = server.add_insecure_port(self._grpc_address)
        if not self._grpc_address.startswith("unix:"):
            self._grpc_address = f"{self._grpc_address.rpartition(':')[0]}:{port}"
        server.start()
        self._grpc_server = server

    def _export(self, payload: bytes, context: grpc.ServicerContext) -> bytes:
        metadata = {str(key): str(value) for key, value in context.invocation_metadata()}
        behaviour = self.receive("grpc", EXPORT_METHOD, metadata, context.peer(), payload)
        if behaviour.hang:
            context.abort(grpc.StatusCode.UNAVAILABLE, "the collector stops")
        if behaviour.code != grpc.StatusCode.OK:
            if isinstance(behaviour.retry_after, (int, float)):
                details = _grpc_status(behaviour, behaviour.retry_after).SerializeToString()
                context.set_trailing_metadata((("grpc-status-details-bin", details),))
            context.abort(behaviour.code, behaviour.message)
        return _response(behaviour)


def _response(behaviour: Behaviour) -> bytes:
    response = ExportTraceServiceResponse()
    if behaviour.rejected or behaviour.message:
        response.partial_success.rejected_spans = behaviour.rejected
        response.partial_success.error_message = behaviour.message
    return bytes(response.SerializeToString())


def _grpc_status(behaviour: Behaviour, seconds: float) -> Status:
    delay = Duration()
    delay.FromNanoseconds(int(seconds * 1e9))
    packed = PackedMessage()
    packed.Pack(RetryInfo(retry_delay=delay))
    return Status(code=behaviour.code.value[0], message=behaviour.message, details=[packed])


class _HttpServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], handler: Any) -> None:
        self._connections: set[Any] = set()
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet: clients that go away are what several tests are about."""

    def close_connections(self) -> None:
        for connection in list(self._connections):
            # Both ways at once: a handler that is reading must not take one more request.
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            self.shutdown_request(connection)


class _HttpHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def __init__(self, collector: Collector, stopped: threading.Event, *args: Any) -> None:
        self.collector = collector
        self.stopped = stopped
        super().__init__(*args)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet."""

    def do_POST(self) -> None:
        payload = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            payload = gzip.decompress(payload)
        headers = {name.lower(): value for name, value in self.headers.items()}
        behaviour = self.collector.receive("http", self.path, headers, self.client_address, payload)
        if behaviour.hang or behaviour.disconnect or self.stopped.is_set():
            self.close_connection = True
            return
        self._answer(behaviour)

    def _answer(self, behaviour: Behaviour) -> None:
        body = behaviour.body
        if body is None:
            refused = behaviour.status != 200
            body = Status(message=behaviour.message).SerializeToString() if refused else _response(behaviour)
        self.send_response(behaviour.status)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", str(len(body)))
        if behaviour.retry_after is not None:
            self.send_header("Retry-After", str(behaviour.retry_after))
        if behaviour.location is not None:
            self.send_header("Location", behaviour.location)
        self._write(behaviour, body)

    def _write(self, behaviour: Behaviour, body: bytes) -> None:
        if not behaviour.trickle:
            self.end_headers()
            self.wfile.write(body)
            return
        answer = b"".join(getattr(self, "_headers_buffer", [])) + b"\r\n" + body
        for position in range(len(answer)):
            if self.stopped.wait(behaviour.trickle):
                return
            self.wfile.write(answer[position : position + 1])
            self.wfile.flush()
