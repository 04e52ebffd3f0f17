"""Webhooks asked over HTTP, from the application's point of view: agreeing, changing, refusing and failing."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.api_server import Answer, InProcessServer, config_map, node, webhook
from tests.support.webhook_receiver import WebhookReceiver, allow, deny, patch
from tracing_facade.testing import RecordedSpan, capture_spans

MAPS = "/api/v1/namespaces/default/configmaps"
MERGE = "application/merge-patch+json"


@contextmanager
def _server(
    directory: Path,
    *,
    mutating: list[dict[str, Any]] | None = None,
    validating: list[dict[str, Any]] | None = None,
) -> Iterator[InProcessServer]:
    server = InProcessServer(directory, mutating=mutating or [], validating=validating or [])
    try:
        yield server
    finally:
        server.close()


def _create(server: InProcessServer, name: str = "a", **data: str) -> Answer:
    return server.call("POST", MAPS, config_map(name, data))


def _label(name: str, value: str) -> dict[str, Any]:
    return {"op": "add", "path": f"/metadata/labels/{name}", "value": value}


def test_a_mutating_webhook_changes_what_is_stored(tmp_path: Path) -> None:
    """The answer and the store have its change."""
    with (
        WebhookReceiver(patch({"op": "add", "path": "/metadata/labels", "value": {"by": "hook"}})) as hook,
        _server(tmp_path, mutating=[webhook("h", hook.url)]) as server,
    ):
        created = _create(server, k="v")
        assert created.value["metadata"]["labels"] == {"by": "hook"}
        assert server.call("GET", f"{MAPS}/a").value == created.value
        (review,) = hook.received
        assert (review.question["operation"], review.question["object"]["data"]) == ("CREATE", {"k": "v"})
        assert review.question["userInfo"]["username"] == "admin"
        assert review.question["object"]["metadata"]["uid"] == created.value["metadata"]["uid"]


def test_each_sees_what_the_ones_before_it_changed(tmp_path: Path) -> None:
    """Mutating webhooks in the order of the file, validating ones last, with the final object."""
    with (
        WebhookReceiver(patch({"op": "add", "path": "/metadata/labels", "value": {"one": ""}})) as first,
        WebhookReceiver(patch(_label("two", ""))) as second,
        WebhookReceiver() as last,
        _server(
            tmp_path,
            mutating=[webhook("first", first.url), webhook("second", second.url)],
            validating=[webhook("last", last.url)],
        ) as server,
    ):
        assert set(_create(server).value["metadata"]["labels"]) == {"one", "two"}
        assert second.received[0].question["object"]["metadata"]["labels"] == {"one": ""}
        assert set(last.received[0].question["object"]["metadata"]["labels"]) == {"one", "two"}


def test_a_validating_webhook_cannot_change_anything(tmp_path: Path) -> None:
    """Its patch is not used."""
    with (
        WebhookReceiver(patch({"op": "remove", "path": "/data"})) as hook,
        _server(tmp_path, validating=[webhook("h", hook.url)]) as server,
    ):
        assert _create(server, k="v").value["data"] == {"k": "v"}


@pytest.mark.parametrize("kind", ["mutating", "validating"])
def test_a_refusal_is_the_answer(tmp_path: Path, kind: str) -> None:
    """403 with the webhook's name and reason; nothing is stored."""
    with WebhookReceiver(deny("not today")) as hook:
        hooks: dict[str, Any] = {kind: [webhook("policy.example.com", hook.url)]}
        with _server(tmp_path, **hooks) as server:
            answer = _create(server)
            assert (answer.code, answer.value["reason"]) == (403, "Forbidden")
            assert answer.message == 'admission webhook "policy.example.com" denied the request: not today'
            assert server.call("GET", MAPS).value["items"] == []


def test_the_webhook_may_choose_the_code(tmp_path: Path) -> None:
    """As in Kubernetes; without a reason the message says so."""
    with (
        WebhookReceiver(deny("", code=422)) as hook,
        _server(tmp_path, validating=[webhook("h", hook.url)]) as server,
    ):
        answer = _create(server)
        assert (answer.code, answer.value["code"]) == (422, 422)
        assert answer.message.endswith("denied the request: without explanation")


def test_updates_patches_and_deletions_are_asked_about_too(tmp_path: Path) -> None:
    """With the old object; a deletion has no new one."""
    with WebhookReceiver() as hook, _server(tmp_path, validating=[webhook("h", hook.url)]) as server:
        _create(server, k="1")
        server.call("PUT", f"{MAPS}/a", config_map("a", {"k": "2"}))
        server.call("PATCH", f"{MAPS}/a", {"data": {"k": "3"}}, content_type=MERGE)
        server.call("DELETE", f"{MAPS}/a")
        asked = [review.question for review in hook.received]
        assert [question["operation"] for question in asked] == ["CREATE", "UPDATE", "UPDATE", "DELETE"]
        states = [((q["oldObject"] or {}).get("data"), (q["object"] or {}).get("data")) for q in asked]
        assert states == [(None, {"k": "1"}), ({"k": "1"}, {"k": "2"}), ({"k": "2"}, {"k": "3"}), ({"k": "3"}, None)]


def test_reading_asks_nobody(tmp_path: Path) -> None:
    """Nor does what the rules do not name."""
    rules = [{"operations": ["DELETE"], "resources": ["nodes"]}]
    with WebhookReceiver() as hook, _server(tmp_path, validating=[webhook("h", hook.url, rules=rules)]) as server:
        server.call("GET", MAPS)
        server.call("POST", "/api/v1/nodes", node("n"))
        assert hook.received == []
        server.call("DELETE", "/api/v1/nodes/n")
        assert len(hook.received) == 1


def test_a_dry_run_is_announced(tmp_path: Path) -> None:
    """A webhook with side effects can leave them out."""
    with WebhookReceiver() as hook, _server(tmp_path, mutating=[webhook("h", hook.url)]) as server:
        server.call("POST", MAPS + "?dryRun=All", config_map("a"))
        assert hook.received[0].question["dryRun"] is True


def test_warnings_go_to_the_client(tmp_path: Path) -> None:
    """With the name of the webhook that warns."""
    with (
        WebhookReceiver(lambda question: {"allowed": True, "warnings": ["old field"]}) as hook,
        _server(tmp_path, mutating=[webhook("m", hook.url)], validating=[webhook("v", hook.url)]) as server,
    ):
        answer = _create(server)
        assert answer.headers.getlist("Warning") == ['299 - "m: old field"', '299 - "v: old field"']


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ({"op": "add", "path": "/data", "value": {"bad key": "x"}}, 422),
        ({"op": "replace", "path": "/metadata/name", "value": "b"}, 400),
        ({"op": "replace", "path": "/kind", "value": "Secret"}, 400),
        ({"op": "add", "path": "/metadata/namespace", "value": "kube-system"}, 400),
    ],
    ids=["invalid", "another name", "another kind", "another namespace"],
)
def test_a_webhook_cannot_make_something_else_of_the_object(
    tmp_path: Path, operation: dict[str, Any], code: int
) -> None:
    """What it returns has to keep the same rules as what users send."""
    with WebhookReceiver(patch(operation)) as hook, _server(tmp_path, mutating=[webhook("h", hook.url)]) as server:
        assert _create(server).code == code
        assert server.call("GET", MAPS).value["items"] == []


def _closed_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}/"


FAILURES: list[tuple[str, dict[str, Any], str]] = [
    ("status", {"status": 500}, "status 500 instead of 200"),
    ("redirect", {"status": 302, "headers": [("Location", "http://127.0.0.1:1/")]}, "status 302 instead of 200"),
    ("garbage", {"body": b"<html>"}, "not JSON"),
    ("empty", {"body": b""}, "not JSON"),
    ("no verdict", {"reply": lambda question: {}}, "does not say whether"),
    ("wrong uid", {"reply": lambda question: {"uid": "x", "allowed": True}}, "no response with uid"),
    ("unfit patch", {"reply": patch({"op": "remove", "path": "/absent"})}, "the patch cannot be applied"),
    ("too long", {"body": b" " * (4 * 1024 * 1024 + 1)}, "longer than 4194304 bytes"),
    ("broken gzip", {"body": b"x", "headers": [("Content-Encoding", "gzip")]}, "h"),
    ("slow", {"delay": 20}, "no answer from"),
    ("dripping", {"body": b" " * 200, "drip": 0.05}, "no answer from"),
]


@pytest.mark.parametrize(("behaviour", "message"), [f[1:] for f in FAILURES], ids=[f[0] for f in FAILURES])
def test_a_failing_webhook_fails_the_change(tmp_path: Path, behaviour: dict[str, Any], message: str) -> None:
    """failurePolicy Fail is the default: 500 with the webhook and the reason, nothing stored, no endless wait."""
    with (
        WebhookReceiver(**behaviour) as hook,
        _server(tmp_path, mutating=[webhook("h", hook.url, timeoutSeconds=1)]) as server,
    ):
        started = time.monotonic()
        answer = _create(server)
        assert time.monotonic() - started < 8
        assert (answer.code, answer.value["reason"]) == (500, "InternalError")
        assert answer.message.startswith('failed calling webhook "h": ')
        assert message in answer.message
        assert server.call("GET", MAPS).value["items"] == []


@pytest.mark.parametrize(("behaviour", "message"), [f[1:] for f in FAILURES[:7]], ids=[f[0] for f in FAILURES[:7]])
def test_a_failure_can_be_ignored(tmp_path: Path, behaviour: dict[str, Any], message: str) -> None:
    """failurePolicy Ignore: the object is stored as it was, and the span tells what was ignored."""
    with (
        WebhookReceiver(**behaviour) as hook,
        _server(tmp_path, mutating=[webhook("h", hook.url, failurePolicy="Ignore")]) as server,
        capture_spans() as spans,
    ):
        answer = _create(server, k="v")
    assert (answer.code, answer.value["data"]) == (201, {"k": "v"})
    (span,) = [span for span in spans if span.name == "admission.mutating_webhook"]
    assert (span.attributes or {})["admission.webhook.failure_ignored"] is True
    assert span.status_code == 2


def test_a_webhook_that_is_down(tmp_path: Path) -> None:
    """Either policy, without a wait."""
    hooks = [webhook("down", _closed_port(), failurePolicy="Ignore"), webhook("h", _closed_port())]
    with _server(tmp_path, mutating=hooks) as server:
        answer = _create(server)
        assert answer.code == 500
        assert answer.message.startswith('failed calling webhook "h": no connection to http://127.0.0.1:')


def test_a_refusal_is_not_a_failure(tmp_path: Path) -> None:
    """failurePolicy Ignore does not ignore a no."""
    with (
        WebhookReceiver(deny()) as hook,
        _server(tmp_path, validating=[webhook("h", hook.url, failurePolicy="Ignore")]) as server,
    ):
        assert _create(server).code == 403


def _attributes(spans: list[RecordedSpan], name: str) -> dict[str, Any]:
    (span,) = [span for span in spans if span.name == name]
    return {key: value for key, value in (span.attributes or {}).items() if key.startswith("admission.")}


def test_the_spans_tell_what_was_answered(tmp_path: Path) -> None:
    """Allowed and patched, allowed only, refused."""
    with (
        WebhookReceiver(patch({"op": "test", "path": "/data", "value": {}})) as mutating,
        WebhookReceiver(allow) as validating,
        _server(tmp_path, mutating=[webhook("m", mutating.url)], validating=[webhook("v", validating.url)]) as server,
    ):
        with capture_spans() as spans:
            _create(server)
        name, allowed = "admission.webhook.name", "admission.webhook.allowed"
        patched = {"admission.webhook.patched": True}
        assert _attributes(spans, "admission.mutating_webhook") == {name: "m", allowed: True, **patched}
        assert _attributes(spans, "admission.validating_webhook") == {name: "v", allowed: True}
        validating.reply = deny()
        with capture_spans() as spans:
            _create(server, "b")
        assert _attributes(spans, "admission.validating_webhook") == {name: "v", allowed: False}


def test_neither_proxies_nor_netrc_come_in_between(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The webhook's URL is what the operator wrote; the environment of the process changes nothing."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login user password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("http_proxy", _closed_port())
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with WebhookReceiver() as hook, _server(tmp_path, mutating=[webhook("h", hook.url)]) as server:
        assert _create(server).code == 201
        assert hook.received[0].header("Authorization") is None
