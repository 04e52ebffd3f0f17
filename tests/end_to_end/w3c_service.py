"""The service that the W3C's own test suite for trace context talks to, traced by this project.

The suite is in https://github.com/w3c/trace-context and needs aiohttp. With a copy of it beside this repository::

    python -m tests.end_to_end.w3c_service 5000 &
    cd trace-context/test
    STRICT_LEVEL=2 SPEC_LEVEL=2 python test.py http://127.0.0.1:5000/test

It sends a list of URLs and what to post to each; the service posts that, and so shows what becomes of the headers.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from typing import Any

import requests
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from tracing_facade.clients.requests_adapter import trace_session
from tracing_facade.servers.wsgi import Environ, TracingMiddleware, WsgiApplication
from tracing_facade.testing import capture_spans
from tracing_facade.trust import trust_everyone

_TIMEOUT_SECONDS = 5.0


def forwarding(session: requests.Session) -> WsgiApplication:
    """Return the application that does what the suite asks for, through ``session``."""

    def app(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        for step in json.loads(body):
            session.post(step["url"], json=step["arguments"], timeout=_TIMEOUT_SECONDS).raise_for_status()
        start_response("200 OK", [("Content-Type", "application/json")])
        return [b"{}"]

    return app


def traced_service() -> WsgiApplication:
    """Return the service with tracing around it and in its outgoing requests; it trusts whoever calls."""
    session = trace_session(requests.Session())
    session.trust_env = False
    return TracingMiddleware(forwarding(session), trust=trust_everyone)


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_arguments: Any) -> None:
        """Leave the terminal to the suite."""


def server_on(port: int) -> BaseWSGIServer:
    """Return a server with the service, not yet serving; port 0 takes a free one."""
    return make_server("127.0.0.1", port, traced_service(), threaded=True, request_handler=_Quiet)


def main(arguments: list[str]) -> int:
    """Serve on the port that is given, until interrupted."""
    if len(arguments) != 1 or not arguments[0].isdigit():
        print("usage: python -m tests.end_to_end.w3c_service PORT", file=sys.stderr)
        return 2
    with capture_spans():
        make_server(
            "127.0.0.1", int(arguments[0]), traced_service(), threaded=True, request_handler=_Quiet
        ).serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
