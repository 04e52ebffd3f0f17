"""Name and attributes of the server span: OpenTelemetry's stable HTTP conventions, route templates, redaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tracing_facade as tracing
from tests.support.wsgi_calls import PLAIN, answering, call, request
from tracing_facade.servers.wsgi import Environ, RouteTemplate, TracingMiddleware
from tracing_facade.testing import capture_spans


def _span_of(environ: Environ, route: RouteTemplate | None = None, **configuration: Any) -> Any:
    with capture_spans(tracing.TracingConfiguration(**configuration)) as spans:
        call(TracingMiddleware(answering(), route=route), environ)
    (span,) = spans
    return span


def test_the_attributes_are_those_of_the_conventions() -> None:
    """Every attribute that a WSGI environment tells, and no other."""
    environ = request(
        "POST",
        "/items/7",
        SCRIPT_NAME="/shop",
        QUERY_STRING="page=2&token=s3cret",
        HTTP_HOST="shop.example:8443",
        HTTP_USER_AGENT="test/1",
        REMOTE_ADDR="192.0.2.7",
        REMOTE_PORT="50000",
        **{"wsgi.url_scheme": "https", "tracing_facade.route": "/shop/items/{id}"},
    )
    span = _span_of(environ, query_allow=("page",))
    assert span.name == "POST /shop/items/{id}"
    assert span.attributes == {
        "http.request.method": "POST",
        "url.scheme": "https",
        "url.path": "/shop/items/7",
        "url.query": "page=2&token=REDACTED",
        "server.address": "shop.example",
        "server.port": 8443,
        "client.address": "192.0.2.7",
        "network.peer.address": "192.0.2.7",
        "network.peer.port": 50000,
        "network.protocol.version": "1.1",
        "user_agent.original": "test/1",
        "http.route": "/shop/items/{id}",
        "http.response.status_code": 200,
    }


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"])
def test_a_known_method_names_the_span(method: str) -> None:
    """Without a route the name is the method alone."""
    span = _span_of(request(method, "/secret/path"))
    assert (span.name, span.attributes["http.request.method"]) == (method, method)
    assert "http.request.method_original" not in span.attributes


@pytest.mark.parametrize("method", ["get", "FETCH", "", "X" * 5000], ids=lambda method: method[:8] or "empty")
def test_an_unknown_method_is_no_name(method: str) -> None:
    """A stranger cannot make span names or values of http.request.method."""
    span = _span_of(request(method))
    assert (span.name, span.attributes["http.request.method"]) == ("HTTP", "_OTHER")
    assert span.attributes["http.request.method_original"] == method[:1024]


@settings(deadline=None)
@given(path=st.text(st.characters(max_codepoint=255), max_size=60), query=st.text(max_size=20))
def test_a_raw_path_never_becomes_a_name(path: str, query: str) -> None:
    """Without a template the name is the method, whatever the path is."""
    assert _span_of(request("GET", f"/{path}", QUERY_STRING=query)).name == "GET"


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/plain", "/plain"),
        ("/stra\u00c3\u009fe", "/straße"),
        ("/\u00e6\u0097\u00a5", "/日"),
        ("/caf\u00e9", "/caf\ufffd"),
        ("", ""),
        ("/" + "a" * 5000, "/" + "a" * 1023),
    ],
    ids=["ascii", "two bytes", "three bytes", "no UTF-8", "empty", "long"],
)
def test_a_path_is_read_as_utf8(path: str, shown: str) -> None:
    """WSGI carries the bytes of the path as Latin-1 (PEP 3333, Unicode issues)."""
    assert _span_of(request("GET", path)).attributes["url.path"] == shown


@pytest.mark.parametrize(
    ("host", "address", "port"),
    [
        ("shop.example", "shop.example", 80),
        ("shop.example:8080", "shop.example", 8080),
        ("[2001:db8::1]", "2001:db8::1", 80),
        ("[2001:db8::1]:8080", "2001:db8::1", 8080),
        ("shop.example:", "shop.example", 80),
        ("shop.example:99999999", "shop.example", 80),
        ("h" * 5000, "h" * 1024, 80),
    ],
    ids=["name", "name and port", "IPv6", "IPv6 and port", "empty port", "no port", "long"],
)
def test_the_server_is_the_one_that_the_client_asked_for(host: str, address: str, port: int) -> None:
    """From the Host header, with the scheme's port when it names none."""
    attributes = _span_of(request(HTTP_HOST=host)).attributes
    assert (attributes["server.address"], attributes["server.port"]) == (address, port)


@pytest.mark.parametrize("name", ["localhost", "::1", "192.0.2.1"])
def test_without_a_host_header_the_server_is_where_it_listens(name: str) -> None:
    """HTTP/1.0 has no Host; SERVER_NAME may be a bare IPv6 address."""
    environ = request(SERVER_NAME=name, SERVER_PORT="8080")
    del environ["HTTP_HOST"]
    attributes = _span_of(environ).attributes
    assert (attributes["server.address"], attributes["server.port"]) == (name, 8080)


@pytest.mark.parametrize("protocol", ["", "HTTP", "gopher/1", "HTTP/"])
def test_a_protocol_that_is_not_http_has_no_version(protocol: str) -> None:
    """network.protocol.version is only set when the server says it."""
    assert "network.protocol.version" not in _span_of(request(SERVER_PROTOCOL=protocol)).attributes


def test_a_server_that_tells_nothing_is_enough() -> None:
    """Every entry of the environment may be missing."""
    with capture_spans() as spans:
        call(TracingMiddleware(answering()), {})
    assert spans[0].attributes == {
        "http.request.method": "_OTHER",
        "http.request.method_original": "",
        "url.scheme": "",
        "url.path": "",
        "http.response.status_code": 200,
    }


def test_a_long_user_agent_is_cut() -> None:
    """A stranger's header costs bounded memory."""
    assert len(_span_of(request(HTTP_USER_AGENT="x" * 5000)).attributes["user_agent.original"]) == 1024


@pytest.mark.parametrize("unsampled", [False, True], ids=["sampled", "unsampled"])
def test_the_route_is_asked_for_when_the_request_comes_in(unsampled: bool) -> None:
    """The template goes into the name; the callable sees the environment once."""
    asked: list[str] = []

    def route(environ: Environ) -> str:
        asked.append(environ["PATH_INFO"])
        return "/things/{id}"

    with capture_spans(tracing.TracingConfiguration(sampling_rate_per_million=0 if unsampled else 1_000_000)) as spans:
        call(TracingMiddleware(answering(), route=route), request("GET", "/things/7"))
    assert asked == ["/things/7"]
    assert [(span.name, (span.attributes or {})["http.route"]) for span in spans] == (
        [] if unsampled else [("GET /things/{id}", "/things/{id}")]
    )


def _raise(environ: Environ) -> str:
    raise LookupError


@pytest.mark.parametrize(
    "route",
    [_raise, lambda environ: None, lambda environ: 7, lambda environ: ["/"], lambda environ: ""],
    ids=["raises", "None", "number", "list", "empty"],
)
def test_a_route_that_is_none_is_left_out(route: Any) -> None:
    """A route function that fails or answers nonsense costs the route, not the span."""
    span = _span_of(request("GET", "/x"), route)
    assert (span.name, "http.route" in span.attributes) == ("GET", False)


def test_the_application_may_set_the_route_while_it_answers() -> None:
    """Frameworks know the route only after dispatch; it replaces what was known when the request came in."""

    def app(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["tracing_facade.route"] = "/late/{id}"
        start_response("200 OK", PLAIN)
        return [b"ok"]

    with capture_spans() as spans:
        call(TracingMiddleware(app, route=lambda environ: "/early"), request("FETCH", "/late/7"))
    assert (spans[0].name, (spans[0].attributes or {})["http.route"]) == ("HTTP /late/{id}", "/late/{id}")


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("a=1&b=2", "a=REDACTED&b=REDACTED"),
        ("token", "REDACTED"),
        ("a=1;b=2", "a=REDACTED&b=REDACTED"),
        ("a=&b=", "a=&b="),
    ],
    ids=["values", "bare", "semicolons", "empty values"],
)
def test_query_values_are_redacted(query: str, shown: str) -> None:
    """Tokens and command lines travel in queries; only names stay unless the configuration allows more."""
    assert _span_of(request(QUERY_STRING=query)).attributes["url.query"] == shown
