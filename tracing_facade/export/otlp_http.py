"""OTLP over HTTP with binary protobuf (OpenTelemetry protocol specification, OTLP/HTTP)."""

from __future__ import annotations

import _socket
import socket
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from tracing_facade import version
from tracing_facade.config.endpoint import Endpoint
from tracing_facade.config.types import TlsConfiguration
from tracing_facade.export import responses, retry
from tracing_facade.export.deadline_socket import DeadlineSocket
from tracing_facade.export.http_exchange import Answer, BadAnswer, exchange, request_head
from tracing_facade.export.request_headers import RequestHeaders
from tracing_facade.export.transport import Outcome, Refused, Retry

DEFAULT_PORT = 4318
DEFAULT_PATH = "/v1/traces"

_RETRYABLE = frozenset({429, 502, 503, 504})
_LONGEST_ANSWER = 65_536
_USER_AGENT = f"tracing-facade-OTLP-Exporter-Python/{version.VERSION}"


class HttpTransport:
    """Posts each request to one URL over a connection that is kept open.

    Redirects are not followed: the spans would go where nobody configured them to go.

    Args:
        endpoint: ``http``, ``https``, ``unix`` or plain host and port; without a path ``/v1/traces`` is used.
        tls: transport security; with it plain host and port is HTTPS too.
        headers: of every request.
        compress: whether bodies are compressed with gzip.
    """

    def __init__(
        self, endpoint: Endpoint, tls: TlsConfiguration | None, headers: RequestHeaders, compress: bool
    ) -> None:
        self._endpoint = endpoint
        self._unix = endpoint.scheme in ("unix", "unix-abstract")
        self._tls = tls or (TlsConfiguration() if endpoint.secure else None)
        self._port = endpoint.port or {"http": 80, "https": 443}.get(endpoint.scheme, DEFAULT_PORT)
        self._path = DEFAULT_PATH if self._unix or endpoint.path in ("", "/") else endpoint.path
        self._headers = headers
        self._compress = compress
        self._connection: DeadlineSocket | None = None
        self._secured: Callable[[socket.socket], socket.socket] | None = None
        self._tls_errors: tuple[type[OSError], ...] = ()
        self._sending = False
        self._closed = False
        if self._tls is not None:
            from tracing_facade.export import tls_connection  # not at the top: without TLS nobody needs it

            name = self._tls.server_name or endpoint.host.strip("[]")
            self._secured = partial(tls_connection.secured, self._tls, name)
            self._tls_errors = (tls_connection.SSLError,)

    def send(self, payload: bytes, timeout: float) -> Outcome:
        """Post one request; see ``Transport``."""
        self._sending = True  # from here on `close` leaves the connection to this thread
        try:
            return self._post(payload, timeout)
        finally:
            self._sending = False
            if self._closed:
                self._drop()

    def _post(self, payload: bytes, timeout: float) -> Outcome:
        deadline = time.monotonic() + timeout
        headers = {"user-agent": _USER_AGENT, **self._headers.current(), "content-type": "application/x-protobuf"}
        if self._compress:
            import gzip  # not at the top: few configurations compress

            payload = gzip.compress(payload, compresslevel=1, mtime=0)
            headers["content-encoding"] = "gzip"
        try:
            return self._outcome(self._exchange(payload, headers, deadline))
        except TimeoutError:
            failure = Retry("timeout", f"no answer from {self._target} within {timeout:g} s")
        except self._tls_errors as error:
            failure = Retry("tls", f"no secure connection to {self._target}: {error}")
        except BadAnswer as error:
            failure = Retry("bad_answer", f"{self._target} does not answer in HTTP: {error}")
        except (OSError, ValueError) as error:
            failure = Retry("unreachable", f"no connection to {self._target}: {error}")
        self._drop()
        return failure

    def close(self) -> None:
        """Close for good; a ``send`` under way on another thread fails as soon as it has a connection."""
        self._closed = True
        connected = self._connection
        if not self._sending:
            self._drop()
        elif connected is not None:
            connected.interrupt()

    def _drop(self) -> None:
        connected, self._connection = self._connection, None
        if connected is not None:
            connected.close()

    def reset_after_fork(self) -> None:
        """Forget the connection, which is the parent's."""
        self._sending = self._closed = False
        connected, self._connection = self._connection, None
        if connected is not None:
            connected.forget()

    @property
    def _target(self) -> str:
        if self._unix:
            return f"{self._endpoint.scheme}://{self._endpoint.path}"
        return f"{'https' if self._tls else 'http'}://{self._endpoint.host}:{self._port}"

    @property
    def _host(self) -> str:
        """Whom a request is for, as the peer is to see it."""
        host = self._endpoint.host or "localhost"
        shown = host if host.isascii() else host.encode("idna").decode("ascii")
        return shown if self._port == (443 if self._tls else 80) else f"{shown}:{self._port}"

    def _exchange(self, payload: bytes, headers: dict[str, str], deadline: float) -> Answer:
        if self._connection is not None and self._connection.is_stale():
            self._drop()
        kept = self._connection is not None
        try:
            return self._ask(payload, headers, deadline)
        except (ConnectionResetError, BrokenPipeError):
            # The peer may close a connection that was idle; that says nothing about this request.
            self._drop()
            if not kept:
                raise
            return self._ask(payload, headers, deadline)

    def _ask(self, payload: bytes, headers: dict[str, str], deadline: float) -> Answer:
        head = request_head(self._host, self._path, headers, len(payload))
        connection = self._connection or self._connect(deadline)
        if self._closed:
            raise ConnectionError("the exporter has been shut down")
        connection.deadline = deadline
        answer = exchange(connection, head, payload, _LONGEST_ANSWER)
        if not answer.reusable:
            self._drop()
        return answer

    def _connect(self, deadline: float) -> DeadlineSocket:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        plain = self._dial(left)
        try:
            plain.settimeout(max(0.001, deadline - time.monotonic()))
            if self._secured is not None:
                plain = self._secured(plain)
        except BaseException:
            plain.close()
            raise
        self._connection = DeadlineSocket(plain)
        return self._connection

    def _dial(self, timeout: float) -> socket.socket:
        if not self._unix:
            plain = _connected(self._endpoint.host.strip("[]"), self._port, timeout)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return plain
        plain = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        plain.settimeout(timeout)
        try:
            plain.connect("\0" * (self._endpoint.scheme == "unix-abstract") + self._endpoint.path)
        except BaseException:
            plain.close()
            raise
        return plain

    def _outcome(self, answer: Answer) -> Outcome:
        if 200 <= answer.status < 300:
            return responses.delivered(answer.body)
        said = f"{self._target}{self._path} answered {answer.status} {responses.error_message(answer.body)}".rstrip()
        reason = f"http_{answer.status}"
        if answer.status in _RETRYABLE:
            return Retry(reason, said, retry.retry_after_seconds(answer.headers.get("retry-after")))
        if 300 <= answer.status < 400:
            location = responses.printable(answer.headers.get("location") or "nowhere")
            said += f" (a redirect to {location}, which is not followed)"
        elif answer.status in (404, 405):
            said += " (is this an OTLP/HTTP endpoint? its port is usually 4318 and its path /v1/traces)"
        return Refused(reason, said)


def _connected(host: str, port: int, timeout: float) -> socket.socket:
    try:
        return socket.create_connection((host, port), timeout)
    except RuntimeError:
        # gevent looks up names on a thread, and since Python 3.12 none can be started while the process ends. What is
        # left then is to ask without one; no greenlet waits for its turn any more.
        return _first_connected(_socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM), timeout)


def _first_connected(found: Sequence[Any], timeout: float) -> socket.socket:
    failure: OSError | None = None
    for family, kind, protocol, _, address in found:
        plain = socket.socket(family, kind, protocol)
        try:
            plain.settimeout(timeout)
            plain.connect(address)
        except OSError as error:
            plain.close()
            failure = error
        else:
            return plain
    raise failure or OSError("the name of the collector has no address")
