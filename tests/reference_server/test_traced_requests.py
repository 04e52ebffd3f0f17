"""Kubernetes' integration tests of API server tracing, re-created; and what they do not assert.

The six cases on the node ``fake`` and the unauthenticated one are those of ``test/integration/apiserver/tracing``.
There a span is found by name, attributes and events in the trace of the test; here the whole trace must be the expected
one: every parent, kind and status, and no span more. As there, the configuration has an endpoint and no sampling rate.
"""

from __future__ import annotations

import json
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.reference_server.traced_cases import (
    CASES,
    EVERYTHING,
    JSON,
    NOT_SAMPLED,
    ON_DEMAND,
    PARENT_ID,
    SAMPLED,
    TRACE_ID,
    Case,
    no_span_leaked,
    of_this_trace,
    only,
    prepare,
    send,
)
from tests.support.api_server import (
    ADMIN,
    DEVELOPER,
    MONITOR,
    NOBODY,
    InProcessServer,
    server_process,
)
from tests.support.collector import Collector
from tests.support.received_span import ReceivedSpan
from tests.support.span_tree import draw_tree
from tracing_facade.config import TracingConfiguration
from tracing_facade.testing import capture_spans


@pytest.mark.parametrize("name", CASES)
def test_the_trace_of_a_trusted_request(server: InProcessServer, name: str) -> None:
    """Exactly the expected spans, below the caller's, with Kubernetes' attributes and events under their new names."""
    case = CASES[name]
    prepare(server, name)
    with capture_spans(ON_DEMAND) as spans, no_span_leaked(spans):
        answer = send(server, case, SAMPLED)
    assert of_this_trace(spans) == spans
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
    handler = only(spans, f"handler.{name}")
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
    assert only(spans, "authentication").attributes == {"authentication.user_known": True}
    assert only(spans, "authorization").attributes == {"authorization.decision": "allow"}
    written = only(spans, "response.serialize").attributes
    assert written == {"response.media_type": JSON, "response.size": len(answer.body)}
    keys = {(span.attributes or {})["storage.key"] for span in spans if span.name.startswith("storage.")}
    assert keys == {"nodes" if name == "list" else "nodes/fake"}


@pytest.mark.parametrize("name", CASES)
def test_without_a_traceparent_nothing_is_recorded(server: InProcessServer, name: str) -> None:
    """The configuration has no sampling rate, so only what is asked for is there."""
    prepare(server, name)
    with capture_spans(ON_DEMAND) as spans:
        send(server, CASES[name], {})
    assert spans == []


@pytest.mark.parametrize("name", CASES)
def test_what_the_caller_does_not_sample_is_not_recorded(server: InProcessServer, name: str) -> None:
    """Whatever the rate: the decision is the caller's, whose trace it is."""
    prepare(server, name)
    with capture_spans(EVERYTHING) as spans:
        send(server, CASES[name], NOT_SAMPLED)
    assert spans == []


@pytest.mark.parametrize("name", CASES)
def test_a_sampled_request_of_our_own_has_the_same_trace(server: InProcessServer, name: str) -> None:
    """Only the parent differs: with a rate of one, a request without a traceparent is a root."""
    prepare(server, name)
    with capture_spans(EVERYTHING) as spans, no_span_leaked(spans):
        send(server, CASES[name], {})
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
    with capture_spans(EVERYTHING) as spans, no_span_leaked(spans):
        answer = server.call("GET", path, token=token, headers=SAMPLED)
    assert answer.code == code
    assert of_this_trace(spans) == []
    assert draw_tree(spans) == tree
    root = spans[-1]
    assert [(link.trace_id, link.span_id) for link in root.links or ()] == [(TRACE_ID, PARENT_ID)]
    assert (root.attributes or {})["http.response.status_code"] == code
    assert only(spans, "authentication").attributes == {"authentication.user_known": False}
    assert "traceresponse" not in answer.headers


# Untrusted


@pytest.mark.parametrize("rate", [0, 1_000_000])
def test_an_untrusted_user_does_not_join(server: InProcessServer, rate: int) -> None:
    """A new trace with a link, recorded only as the rate says."""
    with capture_spans(TracingConfiguration(sampling_rate_per_million=rate)) as spans:
        answer = server.call("GET", "/api/v1/nodes", token=DEVELOPER, headers=SAMPLED)
    assert answer.code == 200
    assert of_this_trace(spans) == []
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
