"""A real HTTP server on loopback that keeps every request it gets and answers as it is told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, cast


@dataclass(frozen=True)
class Received:
    """One request as it came in."""

    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes
    client: tuple[str, int]
    """Address and port: the same for all requests of one connection."""

    def header(self, name: str) -> str | None:
        """Return the value of a header, in any case; None when it is not there; several values as one."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(values) if values else None


@dataclass(frozen=True)
class Reply:
    """One answer; with ``disconnect`` the connection is closed without one."""

    status: int = 200
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b"ok"
    disconnect: bool = False


def redirect(location: str, status: int = 302) -> Reply:
    """Return an answer that sends the client elsewhere."""
    return Reply(status, [("Location", location)], b"")


@dataclass
class HttpPeer:
    """Listens until the end of the ``with`` block; answers each request by what ``script`` has next, else with 200."""

    script: list[Reply] = field(default_factory=list)
    choose: Callable[[Received], Reply] | None = None
    received: list[Received] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._server = _Server(self)
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def reply_to(self, request: Received) -> Reply:
        """Keep the request and return the answer."""
        self.received.append(request)
        if self.choose is not None:
            return self.choose(request)
        return self.script.pop(0) if self.script else Reply()

    def __enter__(self) -> HttpPeer:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True, name="http-peer").start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, peer: HttpPeer) -> None:
        self.peer = peer
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet: clients that go away are what several tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _answer(self) -> None:
        peer = cast(_Server, self.server).peer
        headers = list(self.headers.items())
        reply = peer.reply_to(Received(self.command, self.path, headers, self._body(), self.client_address))
        if reply.disconnect:
            self.close_connection = True
            return
        self.send_response(reply.status)
        for name, value in (("Content-Length", str(len(reply.body))), *reply.headers):
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_FETCH = _answer

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            return b"".join(iter(self._chunk, b""))
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _chunk(self) -> bytes:
        data = self.rfile.read(int(self.rfile.readline(), 16))
        self.rfile.readline()
        return data

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet."""
