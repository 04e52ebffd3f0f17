"""A request leaves the same behind whichever engine it went through: spans, headers, environment and context."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import tracing_facade as tracing
from tests.tracing_facade._engine.native.operations import without_times
from tracing_facade import http_attributes
from tracing_facade._enforcement import build_enforcer
from tracing_facade._engine import context, engine, ids
from tracing_facade._facade import replace_runtime
from tracing_facade._runtime import Runtime
from tracing_facade.propagation import BaggageEntry
from tracing_facade.servers.wsgi import TracingMiddleware, earlier_span
from tracing_facade.trust import Caller, Trust, trust_everyone, trust_nobody

WORK = tracing.SpanSpec("shop.authenticate")

latin = st.text(st.characters(max_codepoint=255), max_size=20)
odd = st.none() | st.integers(0, 70_000) | latin | st.text(max_size=3) | st.binary(max_size=3)
queries = st.text("ab=&;é%", max_size=12) | st.just("a=b&" * 600)
hosts = st.text("a1.:[]é", max_size=8) | st.sampled_from(
    ["api.example:8080", "[::1]:80", "[::1]", "h" * 1100, "h:99999"]
)
identifiers = st.sampled_from(["0af7651916cd43dd8448eb211c80319c", "0" * 32, "0" * 31 + "1", "G" * 32, "ab"])
span_ids = st.sampled_from(["b7ad6b7169203331", "0" * 16, "B7AD6B7169203331", ""])
valid = st.sampled_from(["00", "01", "02", "03"]).map("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-{}".format)
traceparents = (
    valid
    | st.builds(
        "{}-{}-{}-{}{}".format,
        st.sampled_from(["00", "01", "ff", "0", "cc", " 00", "\t00"]),
        identifiers,
        span_ids,
        st.sampled_from(["00", "01", "02", "03", "ff", "g0", "1"]),
        st.sampled_from(["", "-", "-x", "x", " ", " \t", "\n"]),
    )
    | latin
)
environs = st.fixed_dictionaries(
    {"REQUEST_METHOD": st.sampled_from(["GET", "POST", "get", "BREW", ""]) | odd, "PATH_INFO": latin | odd},
    optional={
        "SCRIPT_NAME": latin | st.just("/" + "p" * 1020),
        "QUERY_STRING": queries | odd,
        "wsgi.url_scheme": st.sampled_from(["http", "https", "ftp"]) | odd,
        "HTTP_HOST": hosts | odd,
        "SERVER_NAME": hosts,
        "SERVER_PORT": st.sampled_from(["80", "", "x", "123456", "٣"]) | odd,
        "REMOTE_ADDR": st.sampled_from(["127.0.0.1", "", "::1"]) | odd,
        "REMOTE_PORT": st.sampled_from(["51234", "-1", "99999", "123456"]) | odd,
        "SERVER_PROTOCOL": st.sampled_from(["HTTP/1.1", "HTTP/", "HTTP", "SPDY/3", "HTTP/" + "1" * 20]) | odd,
        "HTTP_USER_AGENT": st.sampled_from(["curl/8", "", "a" * 1100]) | odd,
        "HTTP_TRACEPARENT": traceparents,
        "HTTP_TRACESTATE": st.sampled_from(["a=1", "", "bad"]),
        "HTTP_BAGGAGE": st.sampled_from(["tenant=blue", "", "bad"]),
        "tracing_facade.started_ns": st.integers(1, 1 << 62) | odd,
        "tracing_facade.route": st.sampled_from(["/things/{id}", "/other", ""]) | odd,
        "REMOTE_USER": st.sampled_from(["alice", ""]),
        "tracing_facade.user": st.sampled_from(["bob", "", None]),
        "tracing_facade.groups": st.sampled_from([("a", "b"), ["a"], "a", "", ()]),
    },
)


def _of_b(caller: Caller) -> Any:
    """Trust one user, one group and no other, and answer nonsense to those of no address."""
    if caller.address is None:
        return "nonsense"
    assert type(caller) is Caller
    return Trust.JOIN | Trust.FORCE if caller.user == "bob" or "b" in caller.groups else Trust.NOTHING


rules = st.sampled_from([None, trust_nobody, trust_everyone, lambda caller: Trust.JOIN, lambda caller: 1 / 0, _of_b])
routes = st.sampled_from([None, lambda environ: "/things/{id}", lambda environ: None, lambda environ: 1 / 0])
statuses = st.sampled_from(["200 OK", "404 Not Found", "503 x", "20", "abc", " 20 x", "2000", ""])
bodies = st.sampled_from(["list", "tuple", "generator", "failing generator", "raise", "raise late", "exit"])
surroundings = st.sampled_from(["nothing", "span", "baggage", "earlier"])


@settings(max_examples=400, deadline=None)
@given(environs, rules, routes, statuses, bodies, surroundings, st.sampled_from([None, 0, 500_000, 1_000_000]))
def test_a_request_leaves_the_same_behind(
    environ: dict[str, Any], rule: Any, route: Any, status: str, body: str, around: str, rate: int | None
) -> None:
    """Whatever the server, the caller and the application do, also while tracing is off (a rate of None)."""
    arguments = (environ, rule, route, status, body, around, rate)
    assert _observed(engine.NATIVE, *arguments) == _observed(engine.PYTHON, *arguments)


@settings(max_examples=400, deadline=None)
@given(environs)
def test_the_attributes_of_a_request_are_those_of_the_python_code(environ: dict[str, Any]) -> None:
    """In their order too."""
    with engine.forced(engine.NATIVE):
        buffer = engine.new_buffer(10)
        replaced = replace_runtime(_runtime(1_000_000, buffer))
    seen: list[Any] = []

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        seen.append(list((tracing.current_span().attributes or {}).items()))  # type: ignore[attr-defined]
        return []

    try:
        TracingMiddleware(application)(dict(environ), lambda *_: None)
    finally:
        replace_runtime(replaced)
    assert seen == [list(http_attributes.wsgi_request_attributes(environ).items())]


def _runtime(rate: int, buffer: Any) -> Runtime:
    configuration = tracing.TracingConfiguration(sampling_rate_per_million=rate)
    return Runtime.recording(configuration, buffer, build_enforcer(configuration.policy))


def _observed(
    name: str, environ: dict[str, Any], rule: Any, route: Any, status: str, body: str, around: str, rate: int | None
) -> Any:
    """Return everything that can be seen of one request."""
    with engine.forced(name):
        buffer = engine.new_buffer(100)
        replaced = replace_runtime(Runtime() if rate is None else _runtime(rate, buffer))
    seen: list[Any] = []
    left = dict(environ)
    application = _application(status, body, seen)
    ids.use_fixed_ids(1)
    try:
        if around == "earlier":
            with earlier_span(left, WORK) as attributes:
                attributes["ok"] = True
        before = context.variable.get()
        if around == "baggage":
            context.variable.set(context.from_elsewhere(None, {"a": BaggageEntry("b")}))
        with tracing.start_span("outer") if around == "span" else tracing.current_span():
            traced = TracingMiddleware(application, trust=rule, route=route)
            # While tracing is off there is no recorder that says which engine is meant.
            _request(traced._in_python if name == engine.PYTHON else traced, left, seen)
            seen.append(tracing.current_span().span_id)
        context.variable.set(before)
    finally:
        ids.use_random_ids()
        replace_runtime(replaced)
    batch = buffer.take(100, 1 << 30)
    left["tracing_facade.earlier_spans"] = len(left.get("tracing_facade.earlier_spans", ()))
    return seen, sorted(map(str, left.items())), None if batch is None else without_times(batch.scopes)


def _application(status: str, body: str, seen: list[Any]) -> Callable[..., Iterable[bytes]]:
    def generator(start_response: Callable[..., Any]) -> Iterable[bytes]:
        seen.append(tracing.current_span().span_id)
        yield b"x"
        start_response(status, [("A", "b")])
        if body.startswith("failing"):
            raise ValueError("in the body")
        yield b"y"

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        carrier: dict[str, str] = {}
        tracing.inject(carrier)
        seen.append((carrier, tracing.current_span().trace_id, tracing.current_span().is_recording()))
        tracing.current_span().set_attribute("url.path", "changed")
        if body == "raise":
            raise ValueError("at once")
        if "generator" in body:
            return generator(start_response)
        start_response(status, [("A", "b")])
        if body == "raise late":
            raise ValueError("late")
        if body == "exit":
            raise SystemExit
        return [b"x"] if body == "list" else (b"x",)

    return application


def _request(application: Any, environ: dict[str, Any], seen: list[Any]) -> None:
    def start_response(*arguments: Any) -> None:
        seen.append(arguments)

    try:
        result = application(environ, start_response)
        for chunk in result:
            seen.append((chunk, tracing.current_span().span_id))
        getattr(result, "close", lambda: None)()
    except (ValueError, SystemExit) as error:
        seen.append(repr(error))
