"""The request that is measured: a WSGI application that does next to nothing, called without a server."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import requests
from requests.adapters import BaseAdapter

from tests.benchmarks.rounds import Loop

Application = Callable[..., Iterable[bytes]]

ENVIRON: dict[str, Any] = {
    "REQUEST_METHOD": "GET",
    "SCRIPT_NAME": "",
    "PATH_INFO": "/api/v1/namespaces/default/pods",
    "QUERY_STRING": "limit=500",
    "SERVER_NAME": "127.0.0.1",
    "SERVER_PORT": "8080",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "REMOTE_ADDR": "127.0.0.1",
    "REMOTE_PORT": "51234",
    "HTTP_HOST": "api.example.test:8080",
    "HTTP_USER_AGENT": "kubectl/v1.31.0 (linux/amd64) kubernetes/9edcffc",
    "HTTP_ACCEPT": "application/json",
    "wsgi.url_scheme": "http",
    "wsgi.version": (1, 0),
}
_TRACE = "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331"
SAMPLED = {**ENVIRON, "HTTP_TRACEPARENT": f"00-{_TRACE}-01"}
UNSAMPLED = {**ENVIRON, "HTTP_TRACEPARENT": f"00-{_TRACE}-00"}

_BODY = [b"ok"]
_HEADERS = [("Content-Type", "text/plain")]


def bare(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer every request alike."""
    start_response("200 OK", _HEADERS)
    return _BODY


def calling(session: requests.Session) -> Application:
    """Return an application that sends one request of its own for every one that it answers."""
    prepared = requests.Request("GET", "http://localhost:9/api/v1/nodes").prepare()

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        session.send(prepared)
        start_response("200 OK", _HEADERS)
        return _BODY

    return application


def driven(application: Application, environ: dict[str, Any]) -> Loop:
    """Return a loop that calls the application as a server would."""

    def loop(times: int) -> None:
        def start_response(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> None:
            """Send nothing."""

        for _ in range(times):
            body = application(environ.copy(), start_response)
            for _chunk in body:
                pass
            close = getattr(body, "close", None)
            if close is not None:
                close()

    return loop


class StubAdapter(BaseAdapter):
    """Answers without a network."""

    def send(self, request: requests.PreparedRequest, *arguments: Any, **options: Any) -> requests.Response:
        """Return an empty answer."""
        response = requests.Response()
        response.status_code = 200
        response.request = request
        response.url = request.url or ""
        response._content = b""
        return response

    def close(self) -> None:
        """Nothing is open."""


def stub_session(kind: type[requests.Session] = requests.Session) -> requests.Session:
    """Return a session without environment look-ups whose requests go nowhere."""
    session = kind()
    session.trust_env = False
    session.mount("http://", StubAdapter())
    return session
