"""Health, version and what kubectl discovers."""

from __future__ import annotations

import pytest

from reference_server.request_info import DISCOVERY_PATHS
from tests.support.api_server import NOBODY, InProcessServer


@pytest.mark.parametrize("path", ["/healthz", "/livez", "/readyz"])
def test_health_is_public(server: InProcessServer, path: str) -> None:
    """Probes have no credentials."""
    answer = server.call("GET", path, token=NOBODY)
    assert (answer.code, answer.body, answer.headers["Content-Type"]) == (200, b"ok", "text/plain; charset=utf-8")


def test_a_server_without_its_store_is_alive_and_not_ready(server: InProcessServer) -> None:
    """It gets no requests, and is not restarted."""
    server.parts.storage.close()
    assert [server.call("GET", path).code for path in ("/livez", "/healthz", "/readyz")] == [200, 200, 503]
    assert b"[-]storage failed" in server.call("GET", "/readyz").body


@pytest.mark.parametrize("path", DISCOVERY_PATHS)
def test_every_page_is_json_that_names_itself(server: InProcessServer, path: str) -> None:
    """And can only be read."""
    assert server.call("GET", path).code == 200
    answer = server.call("POST", path, {})
    assert (answer.code, answer.headers["Allow"]) == (405, "GET, HEAD")


def test_resources_are_listed_with_what_can_be_done(server: InProcessServer) -> None:
    """Names, scope, short names and verbs are what the handlers really do."""
    found = {item["name"]: item for item in server.call("GET", "/api/v1").value["resources"]}
    assert set(found) == {"namespaces", "nodes", "configmaps"}
    assert found["configmaps"]["namespaced"] is True
    assert found["nodes"]["shortNames"] == ["no"]
    assert found["nodes"]["verbs"] == ["create", "delete", "get", "list", "patch", "update"]


def test_openapi_describes_every_resource(server: InProcessServer) -> None:
    """With the parameters by which kubectl learns that the server validates fields itself."""
    index = server.call("GET", "/openapi/v3").value["paths"]["api/v1"]["serverRelativeURL"]
    document = server.call("GET", index).value
    operation = document["paths"]["/api/v1/namespaces/{namespace}/configmaps"]["post"]
    assert {parameter["name"] for parameter in operation["parameters"]} == {"dryRun", "fieldManager", "fieldValidation"}
    kinds = {
        schema["x-kubernetes-group-version-kind"][0]["kind"] for schema in document["components"]["schemas"].values()
    }
    assert kinds == {"Namespace", "Node", "ConfigMap"}


def test_the_version_is_one_that_kubectl_takes(server: InProcessServer) -> None:
    """Also without credentials."""
    found = server.call("GET", "/version", token=NOBODY).value
    assert (found["major"], found["minor"]) == ("1", "32")


def test_other_paths_are_not_found(server: InProcessServer) -> None:
    """The answer is a Status."""
    answer = server.call("GET", "/openapi/v2")
    assert (answer.code, answer.value["reason"]) == (404, "NotFound")
