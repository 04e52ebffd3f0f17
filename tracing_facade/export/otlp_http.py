"""OTLP over HTTP with binary protobuf (OpenTelemetry protocol specification, OTLP/HTTP), on the standard library."""

from __future__ import annotations

import _socket
import http.client
import socket
import ssl
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from tracing_facade import version
from tracing_facade.config.endpoint import Endpoint
from tracing_facade.config.types import TlsConfiguration
from tracing_facade.export import responses, retry
from tracing_facade.export.deadline_socket import DeadlineSocket
from tracing_facade.export.request_headers import RequestHeaders
from tracing_facade.export.transport import Outcome, Refused, Retry

DEFAULT_PORT = 4318
DEFAULT_PATH = "/v1/traces"

_RETRYABLE = frozenset({429, 502, 503, 504})
_LONGEST_ANSWER = 65_536
_USER_AGENT = f"tracing-facade-OTLP-Exporter-Python/{version.VERSION}"


class _Answer(NamedTuple):
    status: int
    body: bytes
    retry_after: str | None
    location: str | None


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
        self._connection: http.client.HTTPConnection | None = None
        self._socket: DeadlineSocket | None = None

    def send(self, payload: bytes, timeout: float) -> Outcome:
        """Post one request; see ``Transport``."""
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
        except ssl.SSLError as error:
            failure = Retry("tls", f"no secure connection to {self._target}: {error}")
        except http.client.HTTPException as error:
            failure = Retry("bad_answer", f"{self._target} does not answer in HTTP: {type(error).__name__}: {error}")
        except (OSError, ValueError) as error:
            failure = Retry("unreachable", f"no connection to {self._target}: {error}")
        self.close()
        return failure

    def close(self) -> None:
        """Close the connection; a ``send`` under way on another thread fails at once."""
        connected, self._socket, self._connection = self._socket, None, None
        if connected is not None:
            connected.close()

    def reset_after_fork(self) -> None:
        """Forget the connection, which is the parent's."""
        connected, self._socket, self._connection = self._socket, None, None
        if connected is not None:
            connected.forget()

    @property
    def _target(self) -> str:
        if self._unix:
            return f"{self._endpoint.scheme}://{self._endpoint.path}"
        return f"{'https' if self._tls else 'http'}://{self._endpoint.host}:{self._port}"

    def _exchange(self, payload: bytes, headers: dict[str, str], deadline: float) -> _Answer:
        if self._socket is not None and self._socket.is_stale():
            self.close()
        kept = self._connection is not None
        try:
            return self._ask(payload, headers, deadline)
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            # The peer may close a connection that was idle; that says nothing about this request.
            self.close()
            if not kept:
                raise
            return self._ask(payload, headers, deadline)

    def _ask(self, payload: bytes, headers: dict[str, str], deadline: float) -> _Answer:
        connection = self._connection or self._connect(deadline)
        connected = self._socket
        if connected is None:
            raise ConnectionError("the connection was closed")
        connected.deadline = deadline
        connection.request("POST", self._path, payload, headers)
        response = connection.getresponse()
        body = response.read(_LONGEST_ANSWER)
        answer = _Answer(response.status, body, response.headers["retry-after"], response.headers["location"])
        if not response.isclosed() or response.will_close:
            self.close()
        return answer

    def _connect(self, deadline: float) -> http.client.HTTPConnection:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        plain = self._dial(left)
        try:
            plain.settimeout(max(0.001, deadline - time.monotonic()))
            if self._tls is not None:
                name = self._tls.server_name or self._endpoint.host.strip("[]")
                plain = client_context(self._tls).wrap_socket(plain, server_hostname=name)
        except BaseException:
            plain.close()
            raise
        connection = http.client.HTTPConnection(self._endpoint.host or "localhost", self._port)
        self._socket = DeadlineSocket(plain)
        connection.sock = self._socket  # it has all that http.client uses of a socket
        connection.auto_open = 0
        self._connection = connection
        return connection

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

    def _outcome(self, answer: _Answer) -> Outcome:
        if 200 <= answer.status < 300:
            return responses.delivered(answer.body)
        said = f"{self._target}{self._path} answered {answer.status} {responses.error_message(answer.body)}".rstrip()
        reason = f"http_{answer.status}"
        if answer.status in _RETRYABLE:
            return Retry(reason, said, retry.retry_after_seconds(answer.retry_after))
        if 300 <= answer.status < 400:
            said += f" (a redirect to {responses.printable(answer.location or 'nowhere')}, which is not followed)"
        elif answer.status in (404, 405):
            said += " (is this an OTLP/HTTP endpoint? its port is usually 4318 and its path /v1/traces)"
        return Refused(reason, said)


def client_context(tls: TlsConfiguration) -> ssl.SSLContext:
    """Return the TLS settings of a new connection; files are read each time, so certificates can be rotated.

    Raises:
        OSError: a file cannot be read.
        ssl.SSLError: a file does not hold what it should.
    """
    context = ssl.create_default_context(cafile=tls.ca_file)
    if tls.certificate_file and tls.key_file:
        context.load_cert_chain(tls.certificate_file, tls.key_file)
    return context


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
