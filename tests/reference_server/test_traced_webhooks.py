"""The traces of requests that call webhooks, one of which calls back; and of many requests at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from reference_server.admission.example_webhooks import build_webhooks
from tests.reference_server.traced_cases import (
    CASES,
    EVERYTHING,
    ON_DEMAND,
    PARENT_ID,
    SAMPLED,
    TRACE_ID,
    no_span_leaked,
    send,
)
from tests.support.api_server import (
    WEBHOOK,
    InProcessServer,
    config_map,
    listening,
    namespace,
    node,
    webhook,
)
from tests.support.span_tree import draw_tree
from tests.support.webhook_receiver import WebhookReceiver, deny
from tracing_facade.testing import RecordedSpan, capture_spans


def test_webhooks_are_called_in_the_same_trace(tmp_path: Path) -> None:
    """Each call is a client span whose ids are in the headers that the webhook got."""
    with WebhookReceiver() as mutating, WebhookReceiver() as validating:
        server = InProcessServer(
            tmp_path, mutating=[webhook("m", mutating.url)], validating=[webhook("v", validating.url)]
        )
        with capture_spans(ON_DEMAND) as spans, no_span_leaked(spans):
            send(server, CASES["create"], SAMPLED)
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
        with capture_spans(EVERYTHING) as spans, no_span_leaked(spans):
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
    with capture_spans(EVERYTHING) as spans, no_span_leaked(spans):
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
            with capture_spans(ON_DEMAND) as spans, no_span_leaked(spans):
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
    with ThreadPoolExecutor(8) as pool, capture_spans(EVERYTHING) as spans, no_span_leaked(spans):
        codes = list(pool.map(lambda n: server.call("POST", "/api/v1/nodes", node(f"n{n}")).code, range(40)))
    assert codes == [201] * 40
    traces: dict[str, list[RecordedSpan]] = {}
    for span in spans:
        traces.setdefault(span.trace_id, []).append(span)
    assert [draw_tree(trace) for trace in traces.values()] == [CASES["create"].tree] * 40
