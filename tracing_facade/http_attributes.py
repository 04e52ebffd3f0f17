"""The attributes of HTTP spans (OpenTelemetry semantic conventions 1.x, HTTP spans, stable)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from itertools import repeat
from operator import itemgetter
from typing import Any

from tracing_facade.policy.url_redaction import redacted_query
from tracing_facade.registry import SpanKind, SpanSpec, span_named_at_run_time

KNOWN_METHODS = frozenset({"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE", "QUERY"})
OTHER_METHOD = "_OTHER"

_CLIENT_SPANS = {method: span_named_at_run_time(method, SpanKind.CLIENT) for method in KNOWN_METHODS}
_OTHER_CLIENT_SPAN = span_named_at_run_time("HTTP", SpanKind.CLIENT)
_MOST_CHARACTERS = 1_024
_MOST_KEPT_CHARACTERS = 2_048
_DEFAULT_PORTS = {"http": 80, "https": 443}
_WSGI_KEYS = (
    "REQUEST_METHOD", "wsgi.url_scheme", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "HTTP_HOST", "SERVER_NAME",
    "SERVER_PORT", "REMOTE_ADDR", "REMOTE_PORT", "SERVER_PROTOCOL", "HTTP_USER_AGENT",
)  # fmt: skip
_all_of_them: Callable[[Mapping[str, Any]], tuple[Any, ...]] = itemgetter(*_WSGI_KEYS)


def server_span(method: str, route: str | None) -> SpanSpec:
    """Return the span of an incoming request: ``GET /route/{template}``, only ``GET``, or ``HTTP``."""
    return _server_span(method if method in KNOWN_METHODS else "HTTP", route)


# Strangers choose the method, so it is no key of the cache before it is known.
@lru_cache(maxsize=1024)
def _server_span(shown: str, route: str | None) -> SpanSpec:
    return span_named_at_run_time(f"{shown} {route}" if route else shown, SpanKind.SERVER)


def client_span(method: str) -> SpanSpec:
    """Return the span of an outgoing request, named by its method."""
    return _CLIENT_SPANS.get(method, _OTHER_CLIENT_SPAN)


def wsgi_request_attributes(environ: Mapping[str, Any], query_allow: Collection[str] = ()) -> dict[str, Any]:
    """Return what is known of a request when it comes in.

    Args:
        environ: the WSGI environment (PEP 3333); keys may be missing.
        query_allow: query parameters whose values are kept.
    """
    method = text(environ.get("REQUEST_METHOD"))
    scheme = text(environ.get("wsgi.url_scheme"))
    attributes: dict[str, Any] = {
        "http.request.method": method if method in KNOWN_METHODS else OTHER_METHOD,
        "url.scheme": scheme,
        "url.path": wsgi_path(environ),
    }
    if method not in KNOWN_METHODS:
        attributes["http.request.method_original"] = method[:_MOST_CHARACTERS]
    query = text(environ.get("QUERY_STRING"))
    if query:
        attributes["url.query"] = redacted_query(query, query_allow)
    _add_server(attributes, environ, scheme)
    _add_peer(attributes, environ)
    agent = environ.get("HTTP_USER_AGENT")
    if agent:
        attributes["user_agent.original"] = text(agent)[:_MOST_CHARACTERS]
    return attributes


def given_by_wsgi(environ: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Return what ``of_wsgi_request`` needs; an application may change the environment meanwhile.

    None when that is too long to be kept until somebody asks, since strangers choose how long, or when it is no text,
    which might change as well.
    """
    try:
        given = _all_of_them(environ)
    except KeyError:
        given = tuple(map(environ.get, _WSGI_KEYS, repeat("")))
    try:
        return given if len("".join(given)) <= _MOST_KEPT_CHARACTERS else None
    except TypeError:
        return None


def of_wsgi_request(given: tuple[Any, ...], query_allow: Collection[str] = ()) -> dict[str, Any]:
    """Return what ``wsgi_request_attributes`` would have returned when the request came in."""
    return wsgi_request_attributes(dict(zip(_WSGI_KEYS, given, strict=True)), query_allow)


def wsgi_path(environ: Mapping[str, Any]) -> str:
    """Return the path as the client sent it; WSGI carries its bytes as Latin-1, what is no UTF-8 becomes U+FFFD."""
    path = text(environ.get("SCRIPT_NAME")) + text(environ.get("PATH_INFO"))
    if not path.isascii():
        path = path.encode("latin-1", "replace").decode("utf-8", "replace")
    return path[:_MOST_CHARACTERS]


def text(value: Any) -> str:
    """Return a value of the environment that should be a string as one."""
    return value if isinstance(value, str) else "" if value is None else str(value)


def _add_server(attributes: dict[str, Any], environ: Mapping[str, Any], scheme: str) -> None:
    given = text(environ.get("HTTP_HOST"))
    host, _, port = given.rpartition(":")
    if not given:
        host, port = text(environ.get("SERVER_NAME")), text(environ.get("SERVER_PORT"))
    elif not host or port.endswith("]"):
        host, port = given, ""
    if host:
        attributes["server.address"] = host.removeprefix("[").removesuffix("]")[:_MOST_CHARACTERS]
        number = int(port) if port.isascii() and port.isdigit() and len(port) < 6 else _DEFAULT_PORTS.get(scheme)
        if number is not None:
            attributes["server.port"] = number


def _add_peer(attributes: dict[str, Any], environ: Mapping[str, Any]) -> None:
    address = environ.get("REMOTE_ADDR")
    if address:
        attributes["client.address"] = attributes["network.peer.address"] = text(address)
    port = text(environ.get("REMOTE_PORT"))
    if port.isascii() and port.isdigit() and len(port) < 6:
        attributes["network.peer.port"] = int(port)
    protocol, _, version = text(environ.get("SERVER_PROTOCOL")).partition("/")
    if protocol == "HTTP" and version:
        attributes["network.protocol.version"] = version[:16]
