"""OTLP over HTTP in, and the query API out, on one loopback port.

::

    POST /v1/traces                    ExportTraceServiceRequest in protobuf, plain or gzip
    GET  /api/traces                   {"traces": [...]}, the one that changed last first
    GET  /api/traces/<trace id>        the spans as JSON; ?format=text&width=100 is the waterfall
                                       &wait=5 waits that many seconds for the trace to come and to be quiet
"""

from __future__ import annotations

import ipaddress
import json
import math
import re
import socket
import socketserver
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from tracing_facade.viewer import body, decoding, wire
from tracing_facade.viewer.body import BodyError
from tracing_facade.viewer.store import Trace, TraceStore
from tracing_facade.viewer.waterfall import render_waterfall

PROTOBUF, JSON, TEXT = "application/x-protobuf", "application/json", "text/plain; charset=utf-8"
LONGEST_WAIT = 30.0
_LAST_ANSWERS_SECONDS = 1.0
_TRACE_PATH = re.compile(r"/api/traces/([0-9a-f]{32})")


class HttpReceiver:
    """The HTTP server of a viewer, in a thread of its own from ``start`` to ``stop``.

    Args:
        store: where spans go, and what queries read.
        host: a loopback address.
        port: 0 picks a free one.

    Raises:
        OSError: the port is taken.
    """

    def __init__(self, store: TraceStore, host: str, port: int) -> None:
        self._server = _Server(store, host, port)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="viewer-http", daemon=True
        )

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._server.server_address[1])

    def start(self) -> None:
        """Answer requests from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more than what is being answered, for a second at most, and free the port."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._server.wait_for_answers(_LAST_ANSWERS_SECONDS)
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def __init__(self, store: TraceStore, host: str, port: int) -> None:
        self.store = store
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._answers = 0
        self._answered = threading.Condition()
        super().__init__((host, port), _Handler)

    def server_bind(self) -> None:
        """Bind without asking a name server for the machine's name, as http.server does, which can take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Count a request from when it is there until its answer is written."""
        with self._answered:
            self._answers += 1
        try:
            yield
        finally:
            with self._answered:
                self._answers -= 1
                self._answered.notify_all()

    def wait_for_answers(self, timeout: float) -> bool:
        """Wait until nothing is being answered, and tell whether that came true within ``timeout`` seconds."""
        with self._answered:
            return self._answered.wait_for(lambda: not self._answers, timeout)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing about a client that went away or says nothing."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "tracing-view"
    timeout = 30

    @property
    def _store(self) -> TraceStore:
        return cast(_Server, self.server).store

    def do_POST(self) -> None:
        with cast(_Server, self.server).answering():
            try:
                self._receive()
            except BodyError as error:
                # What is left of the body would be read as the next request.
                self.close_connection = True
                self._refuse(error.status, str(error))
            except wire.MalformedMessage as error:
                self._refuse(400, f"not an ExportTraceServiceRequest: {error}")

    def _receive(self) -> None:
        if not _is_loopback(self.headers.get("Host", "")):
            raise BodyError(403, "the viewer answers requests to localhost only")
        if urlsplit(self.path).path != "/v1/traces":
            raise BodyError(
                404, f"{self.path[:100]!r} is not here: OTLP spans go to /v1/traces, and nothing else is taken"
            )
        content_type = self.headers.get_content_type()
        if content_type != PROTOBUF:
            raise BodyError(415, f"the content type {content_type!r} is not known here: send {PROTOBUF}")
        data = body.read_body(cast(Any, self.rfile), cast(Any, self.headers))
        spans, rejected = decoding.decode_request(data)
        self._store.add(spans)
        self._answer(200, PROTOBUF, decoding.encode_response(rejected))

    def _refuse(self, status: int, message: str) -> None:
        # OTLP wants a google.rpc.Status; field 2 is its message.
        self._answer(status, PROTOBUF, wire.encode_bytes(2, message.encode()))

    def do_GET(self) -> None:
        with cast(_Server, self.server).answering():
            self._query()

    def _query(self) -> None:
        target = urlsplit(self.path)
        match = _TRACE_PATH.fullmatch(target.path)
        options = {name: values[-1] for name, values in parse_qs(target.query).items()}
        if not _is_loopback(self.headers.get("Host", "")):
            self._answer_json(403, {"error": "the viewer answers requests to localhost only"})
        elif target.path == "/api/traces":
            self._answer_json(200, {"traces": [trace.summary() for trace in self._store.all()]})
        elif match:
            self._answer_trace(match[1], options)
        else:
            message = "there are /api/traces and /api/traces/<trace id>, 32 hexadecimal digits in lower case"
            self._answer_json(404, {"error": f"{self.path[:100]!r} is not here: {message}"})

    def _answer_trace(self, trace_id: str, options: dict[str, str]) -> None:
        try:
            wait, width = float(options.get("wait", 0)), int(options.get("width", 100))
            kind = {"json": JSON, "text": TEXT}[options.get("format", "json")]
            if not math.isfinite(wait):
                raise ValueError
        except (KeyError, ValueError):
            self._answer_json(400, {"error": "format is json or text; wait is a number of seconds, width of columns"})
            return
        trace = self._store.get(trace_id, wait=min(max(wait, 0.0), LONGEST_WAIT))
        if trace is None:
            self._answer_json(404, {"error": f"no span of the trace {trace_id} has come, or it has been evicted"})
        elif kind == JSON:
            self._answer_json(200, trace_as_json(trace))
        else:
            self._answer(200, TEXT, render_waterfall(trace.spans, width=min(max(width, 0), 1_000)).encode())

    def _answer_json(self, status: int, value: object) -> None:
        self._answer(status, JSON, json.dumps(value).encode())

    def _answer(self, status: int, content_type: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-Content-Type-Options", "nosniff")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet: the terminal is for traces."""


def trace_as_json(trace: Trace) -> dict[str, Any]:
    """Return a trace with all of its spans as values that ``json.dumps`` takes."""
    return {**trace.summary(), "spans": [span.as_json() for span in trace.spans]}


def _is_loopback(host_header: str) -> bool:
    """Tell whether a request is addressed to this machine by name.

    A web page that had its own name resolve to 127.0.0.1 could otherwise read the traces.
    """
    try:
        host = urlsplit(f"//{host_header}").hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
