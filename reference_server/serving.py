"""Run a WSGI application until somebody says stop, then let what is under way come to its end."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

logger = logging.getLogger(__name__)

_SOCKET_TIMEOUT_SECONDS = 60.0
_GRACE_SECONDS = 5.0


class _Handler(WSGIRequestHandler):
    timeout = _SOCKET_TIMEOUT_SECONDS  # a client that sends nothing must not keep a thread for ever

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: who did what is in the audit log, how long it took in the traces."""


class Server(ThreadedWSGIServer):
    """A server with one thread per connection.

    Args:
        host: where to listen.
        port: which port; 0 takes a free one, ``port`` says which.
        application: what answers.
    """

    def __init__(self, host: str, port: int, application: WSGIApplication) -> None:
        self._idle = threading.Condition()
        self._under_way = 0
        super().__init__(host, port, application, _Handler)

    @property
    def url(self) -> str:
        """Where the server listens."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def process_request(self, request: Any, client_address: Any) -> None:
        """Handle one connection in a thread of its own."""
        with self._idle:
            self._under_way += 1
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Handle one connection, in its thread."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._idle:
                self._under_way -= 1
                self._idle.notify_all()

    def drain(self, timeout: float) -> bool:
        """Wait until no request is under way; False when some still were after ``timeout`` seconds."""
        with self._idle:
            return self._idle.wait_for(lambda: self._under_way == 0, timeout)


def run(server: Server, announce: Callable[[str], None], what: str) -> None:
    """Serve until SIGTERM or SIGINT, then finish what is under way.

    Args:
        server: already listening.
        announce: gets the one line that says where.
        what: what is being served, for that line.
    """

    def stop(_signal: int, _frame: FrameType | None) -> None:
        # shutdown() waits for serve_forever(), which is what this signal interrupts: it needs a thread of its own.
        threading.Thread(target=server.shutdown, daemon=True).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    announce(f"{what} listens on {server.url}")
    server.serve_forever(poll_interval=0.1)
    if not server.drain(_GRACE_SECONDS):
        logger.warning("some requests did not end within %g s and are given up", _GRACE_SECONDS)
