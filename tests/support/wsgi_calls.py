"""Calls a WSGI application as a server does, step by step, with the standard library's validator on both sides."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

from tracing_facade.servers.wsgi import Environ, TracingMiddleware, WsgiApplication

PLAIN = [("Content-Type", "text/plain")]


def request(*line: str, **entries: Any) -> Environ:
    """Return the environment of a request: method (else GET), path (else /) and entries of any name."""
    method, path = (*line, *("GET", "/")[len(line) :])
    environ: Environ = {"REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": ""}
    setup_testing_defaults(environ)
    environ.update({"SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "wsgi.errors": io.StringIO()})
    environ.update(entries)
    return environ


def validated(app: WsgiApplication, **settings: Any) -> WsgiApplication:
    """Return the application inside the middleware, with a validator of PEP 3333 inside and one around it."""
    around: WsgiApplication = validator(TracingMiddleware(validator(app), **settings))
    return around


def answering(
    body: Iterable[bytes] = (b"ok",), status: str = "200 OK", headers: Iterable[tuple[str, str]] = PLAIN
) -> WsgiApplication:
    """Return an application that answers every request alike."""

    def app(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response(status, list(headers))
        return body

    return app


@dataclass
class Exchange:
    """One request under way: iterate over it to get the body, leave it to close the body as PEP 3333 demands."""

    app: WsgiApplication
    environ: Environ
    status: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    written: list[bytes] = field(default_factory=list)
    body: Iterable[bytes] = ()

    def __enter__(self) -> Exchange:
        self.body = self.app(self.environ, self._start_response)
        return self

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.body)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        close = getattr(self.body, "close", None)
        if close is not None:
            close()

    def header(self, name: str) -> str | None:
        """Return the value of a response header, in any case; None when it is not there."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def _start_response(
        self, status: str, response_headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], None]:
        assert not self.status or exc_info is not None, "start_response was called again without exc_info"
        self.status, self.headers = status, response_headers
        return self.written.append


def call(app: WsgiApplication, environ: Environ | None = None) -> tuple[Exchange, bytes]:
    """Send one request and read the answer to its end."""
    with Exchange(app, request() if environ is None else environ) as exchange:
        body = list(exchange)
    return exchange, b"".join([*exchange.written, *body])
