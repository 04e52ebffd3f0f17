"""The traces of requests that are refused or fail: what has error status, and what has not."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from reference_server.handlers import Handlers
from tests.reference_server.traced_cases import (
    EVERYTHING,
    no_span_leaked,
    only,
)
from tests.support.api_server import (
    ADMIN,
    DEVELOPER,
    InProcessServer,
    config_map,
    node,
    webhook,
)
from tests.support.span_tree import draw_tree
from tests.support.webhook_receiver import WebhookReceiver
from tracing_facade.testing import capture_spans

MAPS = "/api/v1/namespaces/default/configmaps"


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
    with capture_spans(EVERYTHING) as spans, no_span_leaked(spans):
        answer = server.call(method, path, body, token=token)
    assert answer.code == code
    assert draw_tree(spans) == tree
    decision = (only(spans, "authorization").attributes or {})["authorization.decision"]
    assert decision == ("deny" if code == 403 else "allow")


def test_the_trace_of_a_failure(server: InProcessServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception that nobody expected: error status up to the server span, and nothing stays current."""

    def fail(*_: Any) -> Any:
        raise RuntimeError("broken")

    monkeypatch.setattr(Handlers, "handle", fail)
    with capture_spans(EVERYTHING) as spans, no_span_leaked(spans):
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
