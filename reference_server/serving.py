"""Run a WSGI application until somebody says stop, then let what is under way come to its end."""

from __future__ import annotations

import logging
import signal
import ssl
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from reference_server.errors import StartupError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

logger = logging.getLogger(__name__)

_SOCKET_TIMEOUT_SECONDS = 60.0
_GRACE_SECONDS = 5.0


class _Handler(WSGIRequestHandler):
    timeout = _SOCKET_TIMEOUT_SECONDS  # a client that sends nothing must not keep a thread for ever

    def setup(self) -> None:
        """Shake hands in the thread of the connection, not in the one that accepts."""
        super().setup()
        if isinstance(self.connection, ssl.SSLSocket):
            self.connection.do_handshake()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: who did what is in the audit log, how long it took in the traces."""


class Server(ThreadedWSGIServer):
    """A server with one thread per connection.

    Args:
        host: where to listen.
        port: which port; 0 takes a free one, ``port`` says which.
        application: what answers.
        tls: serves HTTPS with this certificate; None serves HTTP.
    """

    def __init__(self, host: str, port: int, application: WSGIApplication, tls: ssl.SSLContext | None = None) -> None:
        self._idle = threading.Condition()
        self._under_way = 0
        super().__init__(host, port, application, _Handler)
        if tls is not None:
            self.ssl_context = tls
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    @property
    def url(self) -> str:
        """Where the server listens."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.ssl_context else 'http'}://{host}:{self.port}"

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

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log a connection that failed; one that the client broke off is nothing to be told at length."""
        error = sys.exc_info()[1]
        if isinstance(error, OSError):
            logger.info("the connection from %s failed: %s", client_address[0], error)
        else:
            logger.exception("the connection from %s failed", client_address[0])

    def drain(self, timeout: float) -> bool:
        """Wait until no request is under way; False when some still were after ``timeout`` seconds."""
        with self._idle:
            return self._idle.wait_for(lambda: self._under_way == 0, timeout)


def load_certificate(certificate_file: str, key_file: str) -> ssl.SSLContext | None:
    """Return what a server needs for TLS 1.2 and later; None when neither file is given.

    Args:
        certificate_file: PEM file with the certificate, and those of the authorities between it and the root.
        key_file: PEM file with its key.

    Raises:
        StartupError: one of the files is missing or cannot be used.
    """
    if not certificate_file and not key_file:
        return None
    if not certificate_file or not key_file:
        raise StartupError("--tls-cert-file", ["--tls-cert-file and --tls-private-key-file belong together; give both"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate_file, key_file)
    except (OSError, ValueError) as error:
        raise StartupError("--tls-cert-file", [f"{certificate_file} and {key_file} cannot be used: {error}"]) from error
    return context


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
