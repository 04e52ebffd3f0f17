"""An outgoing request leaves the same behind whichever engine it went through: span, headers, request and response."""

from __future__ import annotations

from typing import Any

import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from requests.adapters import BaseAdapter
from urllib3 import HTTPHeaderDict

import tracing_facade as tracing
from tests.tracing_facade._engine.native.operations import without_times
from tracing_facade._enforcement import build_enforcer
from tracing_facade._engine import context, engine, ids
from tracing_facade._facade import replace_runtime
from tracing_facade._runtime import Runtime
from tracing_facade.clients.requests_adapter import TracedAdapter
from tracing_facade.policy import Policy
from tracing_facade.propagation import BaggageEntry

hosts = st.sampled_from(
    ["localhost", "LOCALHOST", "api.example", "a_b-c.d", "[::1]", "user:pass@localhost", "", "é", "local%68ost"]
)
ports = st.sampled_from(["", ":", ":80", ":0", ":65535", ":65536", ":123456", ":x", ":08080"])
paths = st.text("/ab?#&;=%é [\x00\x7f", max_size=12) | st.just("/" + "p" * 3000) | st.just("/?" + "a=b&" * 300)
urls = st.builds(
    "{}{}{}{}".format, st.sampled_from(["http://", "https://", "HTTP://", "ftp://", ""]), hosts, ports, paths
)
methods = st.sampled_from(["GET", "get", "POST", "BREW", "", None])
headers = st.dictionaries(st.sampled_from(["A", "traceparent", "TraceState", "baggage"]), st.just("x"), max_size=3)
outcomes = st.sampled_from([200, 302, 404, 503, "200", None, ConnectionError("no"), KeyboardInterrupt()])
# What an adapter may put in the place of all headers.
replacements = st.sampled_from(
    [None, lambda sent: {**sent, "New": "n"}, lambda sent: sent.copy(), lambda _sent: {}, HTTPHeaderDict]
)
settings_of = st.sampled_from(
    [{}, {"propagate_to": ("*",)}, {"query_allow": ("a",)}, {"sampling_rate_per_million": 0}, {"propagate_to": ()}]
)


class _Adapter(BaseAdapter):
    """Answers as it was told to, changes the request as adapters do, and notes what it was sent."""

    def __init__(self, outcome: Any, seen: list[Any], replace: Any = None) -> None:
        super().__init__()
        self._replace = replace
        self._outcome = outcome
        self._seen = seen

    def send(self, request: requests.PreparedRequest, *arguments: Any, **options: Any) -> Any:
        self._seen.append((dict(request.headers), list(request.headers), request.url, arguments, options))
        if self._replace is not None:
            request.headers = self._replace(request.headers)
        request.headers["Added"] = "by the adapter"
        request.body = "changed"
        if isinstance(self._outcome, BaseException):
            raise self._outcome
        response = requests.Response()
        response.status_code = self._outcome
        response.request = request
        return response

    def close(self) -> None:
        """Nothing is open."""


@settings(max_examples=500, deadline=None)
@given(st.tuples(urls, methods, headers, outcomes, settings_of, replacements, st.booleans(), st.booleans()))
def test_a_request_leaves_the_same_behind(arguments: tuple[Any, ...]) -> None:
    """Whatever is asked for and however it ends."""
    assert _observed(engine.NATIVE, *arguments) == _observed(engine.PYTHON, *arguments)


def _observed(
    name: str,
    url: str,
    method: Any,
    sent: dict[str, str],
    outcome: Any,
    fields: Any,
    replace: Any,
    inside: bool,
    bagged: bool,
) -> Any:
    configuration = tracing.TracingConfiguration(**fields)
    with engine.forced(name):
        buffer = engine.new_buffer(100)
        replaced = replace_runtime(Runtime.recording(configuration, buffer, build_enforcer(configuration.policy)))
    seen: list[Any] = []
    before = context.variable.get()
    ids.use_fixed_ids(1)
    try:
        if bagged:
            context.variable.set(context.from_elsewhere(None, {"a": BaggageEntry("b")}))
        with tracing.start_span("outer") if inside else tracing.current_span():
            _send(TracedAdapter(_Adapter(outcome, seen, replace)), _prepared(url, method, sent), seen)
            seen.append(tracing.current_span().span_id)
    finally:
        context.variable.set(before)
        ids.use_random_ids()
        replace_runtime(replaced)
    batch = buffer.take(100, 1 << 30)
    return seen, None if batch is None else without_times(batch.scopes)


def _prepared(url: str, method: Any, sent: dict[str, str]) -> requests.PreparedRequest:
    """Return a request with exactly these parts, which may be more than ``requests`` itself would prepare."""
    request = requests.Request("GET", "http://localhost/", headers=sent).prepare()
    request.url, request.method = url, method
    return request


def _send(adapter: TracedAdapter, request: requests.PreparedRequest, seen: list[Any]) -> None:
    try:
        response = adapter.send(request, False, timeout=1)
        seen.append((response.status_code, response.request is request))
    except (Exception, KeyboardInterrupt) as error:
        seen.append(repr(error))
    seen.append((type(request.headers), dict(request.headers), request.body))


def test_a_verdict_of_an_old_configuration_is_not_kept() -> None:
    """Tracing may be configured anew on one thread while another asks whether context may leave for a host."""
    seen: list[Any] = []
    runtime = Runtime.recording(tracing.TracingConfiguration(), lambda _span: None, build_enforcer(Policy()))
    before = replace_runtime(runtime)

    def use(may_propagate_to: Any) -> None:
        engine.use(runtime.recorder, None, runtime.trust_rule, (), runtime.note_stranger, may_propagate_to)

    def reconfigured_meanwhile(_host: str, _port: int | None) -> bool:
        use(lambda _host, _port: False)
        return True

    try:
        use(reconfigured_meanwhile)
        adapter = TracedAdapter(_Adapter(200, seen))
        for _ in range(2):
            adapter.send(requests.Request("GET", "http://api.example/").prepare())
    finally:
        replace_runtime(before)
    assert ["traceparent" in headers for headers, *_ in seen] == [True, False]
