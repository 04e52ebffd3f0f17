"""The page of the reference server's spans: its declarations, and those of the adapters as one recording shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import requests
from requests.adapters import BaseAdapter

from docs import markdown
from lint_plugin.spans import page
from reference_server import spans
from tracing_facade import SpanSpec, TracingConfiguration
from tracing_facade.clients.requests_adapter import trace_session
from tracing_facade.servers.wsgi import ROUTE, TracingMiddleware
from tracing_facade.testing import RecordedSpan, capture_spans

TITLE = "Spans of the reference server"

_ENVIRON = {
    "REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": "/api/v1/namespaces/default/configmaps",
    "QUERY_STRING": "limit=5", "SERVER_NAME": "localhost", "SERVER_PORT": "6443", "SERVER_PROTOCOL": "HTTP/1.1",
    "HTTP_HOST": "localhost:6443", "HTTP_USER_AGENT": "refctl", "REMOTE_ADDR": "127.0.0.1", "REMOTE_PORT": "50000",
    "wsgi.url_scheme": "http", ROUTE: "/api/v1/namespaces/{:namespace}/configmaps",
}  # fmt: skip


def render() -> str:
    """Return the page."""
    server, client = _recorded_spans()
    declared = page.documented(declared_spans())
    return f"""
Declared in `reference_server/spans.py`; each name is a promise of the level that stands beside it
([What the levels promise](../explanation/span_stability.md)).

{page.overview(declared)}

## HTTP spans

They come with `TracingMiddleware` and `trace_session`. One recording of each, the query redacted as by default:

### `{server.name}` (server)

{markdown.table(("attribute", "example"), _examples(server))}

### `{client.name}` (client)

{markdown.table(("attribute", "example"), _examples(client))}

{page.sections(declared)}"""


def declared_spans() -> Iterator[SpanSpec]:
    """Yield the declarations of the reference server, in the order of the file."""
    yield from (value for value in vars(spans).values() if isinstance(value, SpanSpec))


class _Answering(BaseAdapter):
    """Answers without a network."""

    def send(self, request: requests.PreparedRequest, *arguments: Any, **options: Any) -> requests.Response:
        response = requests.Response()
        response.status_code, response.request, response.url = 200, request, request.url or ""
        return response

    def close(self) -> None:
        """Nothing is open."""


def _recorded_spans() -> tuple[RecordedSpan, RecordedSpan]:
    session = requests.Session()
    session.mount("http://", _Answering())
    with capture_spans(TracingConfiguration()) as recorded:
        list(TracingMiddleware(_application)(dict(_ENVIRON), lambda *_: None))
        trace_session(session).get("http://webhook.example:9443/mutate?timeout=5s")
    server, client = recorded
    return server, client


def _application(environ: Any, start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [])
    return [b""]


def _examples(span: RecordedSpan) -> Iterator[tuple[str, str]]:
    yield from ((f"`{key}`", f"`{value}`") for key, value in sorted((span.attributes or {}).items()))
