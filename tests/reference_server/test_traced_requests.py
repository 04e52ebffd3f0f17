"""Kubernetes' integration tests of API server tracing, re-created; and what they do not assert.

The six cases on the node ``fake`` and the unauthenticated one are those of ``test/integration/apiserver/tracing``.
There a span is found by name, attributes and events in the trace of the test; here the whole trace must be the expected
one: every parent, kind and status, and no span more. As there, the configuration has an endpoint and no sampling rate.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from opentelemetry import trace as opentelemetry_trace

import tracing_facade as tracing
from reference_server.admission.example_webhooks import build_webhooks
from reference_server.handlers import Handlers
from tests.support.api_server import (
    ADMIN,
    DEVELOPER,
    MONITOR,
    NOBODY,
    WEBHOOK,
    Answer,
    InProcessServer,
    config_map,
    listening,
    namespace,
    node,
    server_process,
    webhook,
)
from tests.support.collector import Collector
from tests.support.received_span import ReceivedSpan
from tests.support.span_tree import draw_tree
from tests.support.webhook_receiver import WebhookReceiver, deny
from tracing_facade import selfmetrics
from tracing_facade.config import TracingConfiguration
from tracing_facade.testing import RecordedSpan, capture_spans

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4737"
PARENT_ID = "00f067aa0ba902b7"
SAMPLED = {"traceparent": f"00-{TRACE_ID}-{PARENT_ID}-01"}
NOT_SAMPLED = {"traceparent": f"00-{TRACE_ID}-{PARENT_ID}-00"}
MAPS = "/api/v1/namespaces/default/configmaps"
STRATEGIC = "application/strategic-merge-patch+json"
ON_DEMAND = TracingConfiguration(sampling_rate_per_million=0)
EVERYTHING = TracingConfiguration(sampling_rate_per_million=1_000_000)


class Case(NamedTuple):
    """One request of Kubernetes' test, and the trace that it must leave."""

    method: str
    path: str
    body: Any
    content_type: str
    code: int
    tree: str
    handler_events: tuple[str, ...]


def _tree(server_span: str, handler: str, *storage: str) -> str:
    """Return the shape that all six have: who, whether, and the handler with the store and the answer below it."""
    work = "".join(f"\n    storage.{call}" for call in storage)
    return (
        f"{server_span} [server]\n  authentication\n  authorization\n  handler.{handler}{work}\n    response.serialize"
    )


JSON = "application/json"
STORING = ("request.body.read", "object.decoded", "admission.passed", "object.stored")
CASES = {
    "create": Case(
        "POST", "/api/v1/nodes", node("fake"), JSON, 201,
        _tree("POST /api/v1/nodes", "create", "create"), STORING,
    ),
    "get": Case(
        "GET", "/api/v1/nodes/fake", None, "", 200,
        _tree("GET /api/v1/nodes/{name}", "get", "get"), (),
    ),
    "list": Case(
        "GET", "/api/v1/nodes", None, "", 200,
        _tree("GET /api/v1/nodes", "list", "list"), ("objects.listed",),
    ),
    "update": Case(
        "PUT", "/api/v1/nodes/fake", node("fake", labels={"a": "b"}), JSON, 200,
        _tree("PUT /api/v1/nodes/{name}", "update", "get", "update"), STORING,
    ),
    "patch": Case(
        "PATCH", "/api/v1/nodes/fake", {"metadata": {"labels": {"hello": "world"}}}, STRATEGIC, 200,
        _tree("PATCH /api/v1/nodes/{name}", "patch", "get", "update"),
        ("request.body.read", "patch.applied", "object.decoded", "admission.passed", "object.stored"),
    ),
    "delete": Case(
        "DELETE", "/api/v1/nodes/fake", None, "", 200,
        _tree("DELETE /api/v1/nodes/{name}", "delete", "get", "delete"),
        ("request.body.read", "delete.options.decoded", "admission.passed", "object.deleted"),
    ),
}  # fmt: skip


@contextmanager
def _no_span_leaked(spans: Sequence[RecordedSpan]) -> Iterator[None]:
    """Check that as many spans ended as were started, and that none is current afterwards."""
    before = selfmetrics.COUNTERS.total("spans_started")
    yield
    assert selfmetrics.COUNTERS.total("spans_started") - before == len(spans)
    assert tracing.current_span().trace_id == "0" * 32
    assert opentelemetry_trace.get_current_span() is opentelemetry_trace.INVALID_SPAN


def _only(spans: Sequence[RecordedSpan], name: str) -> RecordedSpan:
    (span,) = [span for span in spans if span.name == name]
    return span


def _of_this_trace(spans: Sequence[RecordedSpan]) -> list[RecordedSpan]:
    return [span for span in spans if span.trace_id == TRACE_ID]


def _send(server: InProcessServer, case: Case, headers: dict[str, str], token: str = ADMIN) -> Answer:
    answer = server.call(
        case.method, case.path, case.body, token=token, headers=headers, content_type=case.content_type or JSON
    )
    assert answer.code == case.code, answer.body
    return answer


def _prepare(server: InProcessServer, name: str) -> None:
    if name != "create":
        server.call("POST", "/api/v1/nodes", node("fake"))


@pytest.mark.parametrize("name", CASES)
def test_the_trace_of_a_trusted_request(server: InProcessServer, name: str) -> None:
    """Exactly the expected spans, below the caller's, with Kubernetes' attributes and events under their new names."""
    case = CASES[name]
    _prepare(server, name)
    with capture_spans(ON_DEMAND) as spans, _no_span_leaked(spans):
        answer = _send(server, case, SAMPLED)
    assert _of_this_trace(spans) == spans
    assert draw_tree(spans, PARENT_ID) == case.tree
    root = spans[-1]
    assert root.parent_is_remote
    assert not root.links
    template = case.tree.splitlines()[0].split()[1]
    expected = {
        "http.request.method": case.method,
        "http.route": template,
        "url.path": case.path,
        "http.response.status_code": case.code,
        "user_agent.original": "tracing.test",
        "client.address": "127.0.0.1",
        "apiserver.audit_id": answer.headers["Audit-Id"],
    }
    assert expected.items() <= (root.attributes or {}).items()
    handler = _only(spans, f"handler.{name}")
    assert tuple(event for event, _, _ in handler.events or ()) == case.handler_events
    assert handler.attributes == {
        "apiserver.verb": name,
        "apiserver.api_group": "",
        "apiserver.api_version": "v1",
        "apiserver.resource": "nodes",
        "apiserver.scope": "resource" if "{name}" in template else "cluster",
        "apiserver.audit_id": answer.headers["Audit-Id"],
        **({"apiserver.name": "fake"} if "{name}" in template else {}),
        **({"apiserver.items": 1} if name == "list" else {}),
        **({"apiserver.request.content_type": case.content_type} if case.content_type else {}),
    }
    assert _only(spans, "authentication").attributes == {"authentication.user_known": True}
    assert _only(spans, "authorization").attributes == {"authorization.decision": "allow"}
    written = _only(spans, "response.serialize").attributes
    assert written == {"response.media_type": JSON, "response.size": len(answer.body)}
    keys = {(span.attributes or {})["storage.key"] for span in spans if span.name.startswith("storage.")}
    assert keys == {"nodes" if name == "list" else "nodes/fake"}


@pytest.mark.parametrize("name", CASES)
def test_without_a_traceparent_nothing_is_recorded(server: InProcessServer, name: str) -> None:
    """The configuration has no sampling rate, so only what is asked for is there."""
    _prepare(server, name)
    with capture_spans(ON_DEMAND) as spans:
        _send(server, CASES[name], {})
    assert spans == []


@pytest.mark.parametrize("name", CASES)
def test_what_the_caller_does_not_sample_is_not_recorded(server: InProcessServer, name: str) -> None:
    """Whatever the rate: the decision is the caller's, whose trace it is."""
    _prepare(server, name)
    with capture_spans(EVERYTHING) as spans:
        _send(server, CASES[name], NOT_SAMPLED)
    assert spans == []


@pytest.mark.parametrize("name", CASES)
def test_a_sampled_request_of_our_own_has_the_same_trace(server: InProcessServer, name: str) -> None:
    """Only the parent differs: with a rate of one, a request without a traceparent is a root."""
    _prepare(server, name)
    with capture_spans(EVERYTHING) as spans, _no_span_leaked(spans):
        _send(server, CASES[name], {})
    assert draw_tree(spans) == CASES[name].tree


# Unauthenticated


def test_an_unauthenticated_caller_does_not_join(server: InProcessServer) -> None:
    """Kubernetes' own case: GET /healthz, sampled and without a token, leaves nothing in the caller's trace."""
    with capture_spans(ON_DEMAND) as spans:
        answer = server.call("GET", "/healthz", token=NOBODY, headers=SAMPLED)
    assert (answer.code, spans) == (200, [])
    assert "traceresponse" not in answer.headers


@pytest.mark.parametrize(
    ("path", "token", "code", "tree"),
    [
        ("/healthz", NOBODY, 200, "GET /healthz [server]\n  authentication\n  authorization"),
        ("/api/v1/nodes", NOBODY, 401, "GET /api/v1/nodes [server]\n  authentication"),
        ("/api/v1/nodes", "wrong", 401, "GET /api/v1/nodes [server]\n  authentication"),
        ("/nowhere", NOBODY, 401, "GET [server]\n  authentication"),
    ],
)
def test_the_trace_of_an_unauthenticated_request_is_its_own(
    server: InProcessServer, path: str, token: str, code: int, tree: str
) -> None:
    """One connected trace, also for a 401; the caller's is only linked to. Kubernetes has two there, or none."""
    with capture_spans(EVERYTHING) as spans, _no_span_leaked(spans):
        answer = server.call("GET", path, token=token, headers=SAMPLED)
    assert answer.code == code
    assert _of_this_trace(spans) == []
    assert draw_tree(spans) == tree
    root = spans[-1]
    assert [(link.trace_id, link.span_id) for link in root.links or ()] == [(TRACE_ID, PARENT_ID)]
    assert (root.attributes or {})["http.response.status_code"] == code
    assert _only(spans, "authentication").attributes == {"authentication.user_known": False}
    assert "traceresponse" not in answer.headers


# Untrusted


@pytest.mark.parametrize("rate", [0, 1_000_000])
def test_an_untrusted_user_does_not_join(server: InProcessServer, rate: int) -> None:
    """A new trace with a link, recorded only as the rate says."""
    with capture_spans(TracingConfiguration(sampling_rate_per_million=rate)) as spans:
        answer = server.call("GET", "/api/v1/nodes", token=DEVELOPER, headers=SAMPLED)
    assert answer.code == 200
    assert _of_this_trace(spans) == []
    assert "traceresponse" not in answer.headers
    if rate:
        assert draw_tree(spans) == CASES["list"].tree
        assert [(link.trace_id, link.span_id) for link in spans[-1].links or ()] == [(TRACE_ID, PARENT_ID)]
    else:
        assert spans == []


@pytest.mark.parametrize("token", [ADMIN, MONITOR])
def test_trusted_callers_learn_that_they_joined(server: InProcessServer, token: str) -> None:
    """Members of system:masters and system:monitoring, as in Kubernetes; traceresponse names the server's span."""
    with capture_spans(ON_DEMAND) as spans:
        answer = server.call("GET", "/api/v1/nodes", token=token, headers=SAMPLED)
    assert answer.headers["traceresponse"] == f"00-{TRACE_ID}-{spans[-1].span_id}-01"


# Errors


@pytest.mark.parametrize(
    ("method", "path", "body", "token", "code", "tree"),
    [
        (
            "GET", "/api/v1/nodes/nope", None, ADMIN, 404,
            "GET /api/v1/nodes/{name} [server]\n  authentication\n  authorization\n  handler.get ERROR\n"
            "    storage.get ERROR",
        ),
        (
            "POST", "/api/v1/nodes", node("fake"), ADMIN, 409,
            "POST /api/v1/nodes [server]\n  authentication\n  authorization\n  handler.create ERROR\n"
            "    storage.create ERROR",
        ),
        (
            "POST", "/api/v1/nodes", b"{", ADMIN, 400,
            "POST /api/v1/nodes [server]\n  authentication\n  authorization\n  handler.create ERROR",
        ),
        (
            "POST", "/api/v1/nodes", node("other"), DEVELOPER, 403,
            "POST /api/v1/nodes [server]\n  authentication\n  authorization",
        ),
        ("GET", "/nowhere", None, ADMIN, 404, "GET [server]\n  authentication\n  authorization"),
        (
            "OPTIONS", "/api/v1/nodes", None, ADMIN, 405,
            "OPTIONS /api/v1/nodes [server]\n  authentication\n  authorization",
        ),
        ("FLY", "/api/v1/nodes", None, ADMIN, 405, "HTTP /api/v1/nodes [server]\n  authentication\n  authorization"),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_the_trace_of_a_refusal(
    server: InProcessServer, method: str, path: str, body: Any, token: str, code: int, tree: str
) -> None:
    """What could not be done has error status; the server span has none, since a 4xx is the caller's affair."""
    server.call("POST", "/api/v1/nodes", node("fake"))
    with capture_spans(EVERYTHING) as spans, _no_span_leaked(spans):
        answer = server.call(method, path, body, token=token)
    assert answer.code == code
    assert draw_tree(spans) == tree
    decision = (_only(spans, "authorization").attributes or {})["authorization.decision"]
    assert decision == ("deny" if code == 403 else "allow")


def test_the_trace_of_a_failure(server: InProcessServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception that nobody expected: error status up to the server span, and nothing stays current."""

    def fail(*_: Any) -> Any:
        raise RuntimeError("broken")

    monkeypatch.setattr(Handlers, "handle", fail)
    with capture_spans(EVERYTHING) as spans, _no_span_leaked(spans):
        answer = server.call("GET", "/api/v1/nodes")
    assert answer.code == 500
    assert draw_tree(spans) == "GET /api/v1/nodes [server] ERROR\n  authentication\n  authorization"
    assert (spans[-1].attributes or {})["error.type"] == "RuntimeError"


def test_too_many_requests(tmp_path: Path) -> None:
    """A 429 is one short trace; the request that takes the place has its own."""
    entered, release = threading.Event(), threading.Event()

    def wait(question: dict[str, Any]) -> dict[str, Any]:
        entered.set()
        release.wait(20)
        return {"allowed": True}

    with WebhookReceiver(wait) as hook:
        server = InProcessServer(tmp_path, validating=[webhook("h", hook.url)], max_requests_inflight=1)
        with ThreadPoolExecutor(1) as pool, capture_spans(EVERYTHING) as spans:
            running = pool.submit(server.call, "POST", MAPS, config_map("a"), token=DEVELOPER)
            assert entered.wait(10)
            assert server.call("GET", "/api/v1/nodes", token=DEVELOPER).code == 429
            release.set()
            assert running.result().code == 201
        server.close()
    (refused,) = [span for span in spans if span.name == "GET /api/v1/nodes"]
    trace = [span for span in spans if span.trace_id == refused.trace_id]
    assert draw_tree(trace) == "GET /api/v1/nodes [server]\n  authentication"
    assert len({span.trace_id for span in spans}) == 2


# Webhooks


def test_webhooks_are_called_in_the_same_trace(tmp_path: Path) -> None:
    """Each call is a client span whose ids are in the headers that the webhook got."""
    with WebhookReceiver() as mutating, WebhookReceiver() as validating:
        server = InProcessServer(
            tmp_path, mutating=[webhook("m", mutating.url)], validating=[webhook("v", validating.url)]
        )
        with capture_spans(ON_DEMAND) as spans, _no_span_leaked(spans):
            _send(server, CASES["create"], SAMPLED)
        server.close()
    assert draw_tree(spans, PARENT_ID) == (
        "POST /api/v1/nodes [server]\n"
        "  authentication\n"
        "  authorization\n"
        "  handler.create\n"
        "    admission.mutating_webhook\n"
        "      POST [client]\n"
        "    admission.validating_webhook\n"
        "      POST [client]\n"
        "    storage.create\n"
        "    response.serialize"
    )
    clients = [span for span in spans if span.kind == 3]
    received = [hook.received[0].header("traceparent") for hook in (mutating, validating)]
    assert received == [f"00-{TRACE_ID}-{span.span_id}-01" for span in clients]


def test_a_refusal_of_a_webhook(tmp_path: Path) -> None:
    """The handler has the error; the call itself went well, and nothing was stored."""
    with WebhookReceiver(deny()) as hook:
        server = InProcessServer(tmp_path, validating=[webhook("v", hook.url)])
        with capture_spans(EVERYTHING) as spans, _no_span_leaked(spans):
            assert server.call("POST", "/api/v1/nodes", node("fake")).code == 403
        server.close()
    assert draw_tree(spans) == (
        "POST /api/v1/nodes [server]\n"
        "  authentication\n"
        "  authorization\n"
        "  handler.create ERROR\n"
        "    admission.validating_webhook\n"
        "      POST [client]"
    )


def test_a_webhook_that_is_down(tmp_path: Path) -> None:
    """Error status from the call up to the server span, which answers 500."""
    server = InProcessServer(tmp_path, mutating=[webhook("m", "http://127.0.0.1:1/")])
    with capture_spans(EVERYTHING) as spans, _no_span_leaked(spans):
        assert server.call("POST", "/api/v1/nodes", node("fake")).code == 500
    server.close()
    assert draw_tree(spans) == (
        "POST /api/v1/nodes [server] ERROR\n"
        "  authentication\n"
        "  authorization\n"
        "  handler.create ERROR\n"
        "    admission.mutating_webhook ERROR\n"
        "      POST [client] ERROR"
    )


def test_a_reentrant_request_is_in_the_same_trace(tmp_path: Path) -> None:
    """API server, webhook, API server again: the inner request is a child of the outer one, over two more hops."""
    inner: Callable[..., Any] | None = None
    with listening(lambda *arguments: inner(*arguments) if inner else []) as hooks:
        server = InProcessServer(tmp_path, mutating=[webhook("label", f"{hooks.url}/mutate")])
        with listening(server.application) as api:
            inner = build_webhooks(api.url, WEBHOOK)
            server.call("POST", "/api/v1/namespaces", namespace("team"))
            with capture_spans(ON_DEMAND) as spans, _no_span_leaked(spans):
                path = "/api/v1/namespaces/team/configmaps"
                answer = server.call("POST", path, config_map("a"), headers=SAMPLED)
        server.close()
    assert answer.value["metadata"]["labels"] == {"example.com/environment": "development"}
    assert draw_tree(spans, PARENT_ID) == (
        "POST /api/v1/namespaces/{namespace}/configmaps [server]\n"
        "  authentication\n"
        "  authorization\n"
        "  handler.create\n"
        "    admission.mutating_webhook\n"
        "      POST [client]\n"
        "        POST /mutate [server]\n"
        "          webhook.review\n"
        "            GET [client]\n"
        "              GET /api/v1/namespaces/{name} [server]\n"
        "                authentication\n"
        "                authorization\n"
        "                handler.get\n"
        "                  storage.get\n"
        "                  response.serialize\n"
        "    storage.create\n"
        "    response.serialize"
    )


def test_many_requests_at_once_keep_apart(server: InProcessServer) -> None:
    """Each has its own complete trace."""
    with ThreadPoolExecutor(8) as pool, capture_spans(EVERYTHING) as spans, _no_span_leaked(spans):
        codes = list(pool.map(lambda n: server.call("POST", "/api/v1/nodes", node(f"n{n}")).code, range(40)))
    assert codes == [201] * 40
    traces: dict[str, list[RecordedSpan]] = {}
    for span in spans:
        traces.setdefault(span.trace_id, []).append(span)
    assert [draw_tree(trace) for trace in traces.values()] == [CASES["create"].tree] * 40


# A real server


def _request(url: str, case: Case, headers: dict[str, str]) -> int:
    connection = HTTPConnection(urlsplit(url).netloc, timeout=30)
    body = json.dumps(case.body) if case.body is not None else None
    given = {"Authorization": f"Bearer {ADMIN}", "User-Agent": "tracing.test", **headers}
    if body is not None:
        given["Content-Type"] = case.content_type
    connection.request(case.method, case.path, body, given)
    code = connection.getresponse().status
    connection.close()
    return code


def test_the_traces_of_a_real_server_at_a_real_collector(tmp_path: Path) -> None:
    """Kubernetes' harness: the server is a process with Kubernetes' own configuration, an endpoint and nothing else.

    Every case comes in a trace of its own, and what must not come is waited for by stopping the server, which exports
    all that it has.
    """
    kubernetes = {"apiVersion": "apiserver.config.k8s.io/v1", "kind": "TracingConfiguration"}
    traces = {name: f"{number:032x}" for number, name in enumerate(CASES, start=1)}
    with Collector() as collector:
        tracing_file = {**kubernetes, "endpoint": collector.grpc_endpoint}
        with server_process(tmp_path, tracing=tracing_file) as server:
            url = server.url()
            unauthenticated = {"traceparent": f"00-{TRACE_ID}-{PARENT_ID}-01", "Authorization": ""}
            assert _request(url, Case("GET", "/healthz", None, "", 200, "", ()), unauthenticated) == 200
            for name, case in CASES.items():
                code = _request(url, case, {"traceparent": f"00-{traces[name]}-{PARENT_ID}-01"})
                assert (name, code) == (name, case.code)
                assert _request(url, CASES["list"], {}) == 200
        assert server.process.returncode == 0
        spans = collector.spans()
    assert {span.trace_id for span in spans} == set(traces.values())
    by_trace: dict[str, list[ReceivedSpan]] = {}
    for span in spans:
        by_trace.setdefault(span.trace_id, []).append(span)
    for name, case in CASES.items():
        assert draw_tree(by_trace[traces[name]], PARENT_ID) == case.tree
        (handler,) = [span for span in by_trace[traces[name]] if span.name == f"handler.{name}"]
        assert tuple(event.name for event in handler.events) == case.handler_events
    assert {span.resource["service.name"] for span in spans} == {"reference-server"}
    assert {span.scope for span in spans} == {"tracing_facade"}
    assert not any(span.links for span in spans)
