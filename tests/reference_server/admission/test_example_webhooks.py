"""The two example webhooks, with a real API server behind the one that asks it something."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.test import Client

from reference_server.admission.example_webhooks import build_webhooks
from tests.support.api_server import WEBHOOK, InProcessServer, config_map, listening, namespace


@pytest.fixture
def client(server: InProcessServer) -> Iterator[Client]:
    """Give the webhooks, which ask a server that listens."""
    with listening(server.application) as running:
        yield Client(build_webhooks(running.url, WEBHOOK))


def _ask(client: Client, path: str, value: Any, **request: Any) -> dict[str, Any]:
    question = {"uid": "u", "object": value, **request}
    response = client.post(path, json={"request": question})
    assert response.status_code == 200
    answer: dict[str, Any] = json.loads(response.get_data())["response"]
    assert answer["uid"] == "u"
    return answer


def _patch(answer: dict[str, Any]) -> Any:
    return json.loads(base64.b64decode(answer["patch"]))


@pytest.mark.parametrize(
    ("space", "labels", "environment"),
    [
        ("team", {"a": "b"}, "production"),
        ("default", {}, "development"),
        ("absent", {}, "development"),
        ("", {}, "development"),
    ],
)
def test_the_environment_of_the_namespace_becomes_a_label(
    server: InProcessServer, client: Client, space: str, labels: dict[str, str], environment: str
) -> None:
    """It asks the API server for it; labels that are there stay."""
    production = {"example.com/environment": "production"}
    server.call("POST", "/api/v1/namespaces", namespace("team", labels=production))
    answer = _ask(client, "/mutate", config_map("a", labels=labels), namespace=space)
    (operation,) = _patch(answer)
    assert operation == {
        "op": "add",
        "path": "/metadata/labels",
        "value": {**labels, "example.com/environment": environment},
    }


@pytest.mark.parametrize(
    ("data", "allowed"), [({"color": "blue"}, True), ({"Database-Password": "x"}, False), ({}, True)]
)
def test_passwords_are_refused(client: Client, data: dict[str, str], allowed: bool) -> None:
    """The message names the key, never the value."""
    answer = _ask(client, "/validate", config_map("a", data))
    assert answer["allowed"] is allowed
    if not allowed:
        assert answer["status"]["message"].startswith("data[Database-Password] looks like a password")


def test_a_deletion_has_no_object(client: Client) -> None:
    """There is nothing to refuse."""
    assert _ask(client, "/validate", None)["allowed"] is True


@pytest.mark.parametrize(("method", "path"), [("GET", "/mutate"), ("POST", "/other"), ("POST", "/")])
def test_other_paths_are_not_found(client: Client, method: str, path: str) -> None:
    """The answer says which there are."""
    response = client.open(path, method=method)
    assert (response.status_code, response.get_data()) == (404, b"POST to /mutate or /validate\n")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"request": 7}', b'{"request": {}}'])
def test_garbage_is_a_bad_request(client: Client, body: bytes) -> None:
    """Whoever sends it is told, and the webhook goes on."""
    response = client.post("/validate", data=body, content_type="application/json")
    assert response.status_code == 400
