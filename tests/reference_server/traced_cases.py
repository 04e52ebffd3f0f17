"""The requests of Kubernetes' tracing tests, the traces that they must leave, and how both are checked."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from opentelemetry import trace as opentelemetry_trace

import tracing_facade as tracing
from tests.support.api_server import ADMIN, Answer, InProcessServer, node
from tracing_facade import selfmetrics
from tracing_facade.config import TracingConfiguration
from tracing_facade.testing import RecordedSpan

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4737"
PARENT_ID = "00f067aa0ba902b7"
SAMPLED = {"traceparent": f"00-{TRACE_ID}-{PARENT_ID}-01"}
NOT_SAMPLED = {"traceparent": f"00-{TRACE_ID}-{PARENT_ID}-00"}
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

_PATIENCE_SECONDS = 10.0


@contextmanager
def no_span_leaked(spans: Sequence[RecordedSpan]) -> Iterator[None]:
    """Check that as many spans ended as were started, and that none is current afterwards."""
    before = selfmetrics.COUNTERS.total("spans_started")
    yield
    # A server in another thread may still be at work when its answer has been read.
    patience = time.monotonic() + _PATIENCE_SECONDS
    while (started := selfmetrics.COUNTERS.total("spans_started") - before) != len(spans):
        assert time.monotonic() < patience, f"{started} spans were started, {len(spans)} ended"
        time.sleep(0.01)
    assert tracing.current_span().trace_id == "0" * 32
    assert opentelemetry_trace.get_current_span() is opentelemetry_trace.INVALID_SPAN


def only(spans: Sequence[RecordedSpan], name: str) -> RecordedSpan:
    """Return the one span of this name."""
    (span,) = [span for span in spans if span.name == name]
    return span


def of_this_trace(spans: Sequence[RecordedSpan]) -> list[RecordedSpan]:
    """Return the spans in the trace of the test."""
    return [span for span in spans if span.trace_id == TRACE_ID]


def send(server: InProcessServer, case: Case, headers: dict[str, str], token: str = ADMIN) -> Answer:
    """Make the request of a case and check its status."""
    answer = server.call(
        case.method, case.path, case.body, token=token, headers=headers, content_type=case.content_type or JSON
    )
    assert answer.code == case.code, answer.body
    return answer


def prepare(server: InProcessServer, name: str) -> None:
    """Let the node be there for the cases that need it."""
    if name != "create":
        server.call("POST", "/api/v1/nodes", node("fake"))
