"""What a request is about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server.request_info import DISCOVERY_PATHS, HEALTH_PATHS, RequestInfo, parse_request

NAMESPACED = "/api/v1/namespaces/{namespace}/configmaps"


def _parse(method: str, path: str) -> RequestInfo:
    return parse_request(method, path, "audit-id")


@pytest.mark.parametrize(
    ("method", "path", "verb", "route", "resource", "namespace", "name", "scope"),
    [
        ("GET", "/api/v1/nodes", "list", "/api/v1/nodes", "nodes", "", "", "cluster"),
        ("POST", "/api/v1/nodes", "create", "/api/v1/nodes", "nodes", "", "", "cluster"),
        ("GET", "/api/v1/nodes/a", "get", "/api/v1/nodes/{name}", "nodes", "", "a", "resource"),
        ("HEAD", "/api/v1/nodes/a", "get", "/api/v1/nodes/{name}", "nodes", "", "a", "resource"),
        ("PUT", "/api/v1/nodes/a", "update", "/api/v1/nodes/{name}", "nodes", "", "a", "resource"),
        ("PATCH", "/api/v1/nodes/a", "patch", "/api/v1/nodes/{name}", "nodes", "", "a", "resource"),
        ("DELETE", "/api/v1/nodes/a", "delete", "/api/v1/nodes/{name}", "nodes", "", "a", "resource"),
        ("GET", "/api/v1/namespaces/n", "get", "/api/v1/namespaces/{name}", "namespaces", "", "n", "resource"),
        ("GET", "/api/v1/configmaps", "list", "/api/v1/configmaps", "configmaps", "", "", "cluster"),
        ("GET", "/api/v1/namespaces/n/configmaps", "list", NAMESPACED, "configmaps", "n", "", "namespace"),
        ("POST", "/api/v1/namespaces/n/configmaps", "create", NAMESPACED, "configmaps", "n", "", "namespace"),
        ("GET", "/api/v1/namespaces/n/configmaps/c", "get", NAMESPACED + "/{name}", "configmaps", "n", "c", "resource"),
        ("GET", "/api/v1/nodes/", "list", "/api/v1/nodes", "nodes", "", "", "cluster"),
        ("OPTIONS", "/api/v1/nodes", "options", "/api/v1/nodes", "nodes", "", "", "cluster"),
        ("DELETE", "/api/v1/nodes", "deletecollection", "/api/v1/nodes", "nodes", "", "", "cluster"),
    ],
    ids=lambda value: value or "-",
)
def test_paths_of_objects(
    method: str, path: str, verb: str, route: str, resource: str, namespace: str, name: str, scope: str
) -> None:
    """Verb, route template, resource, namespace and name come from method and path alone."""
    info = _parse(method, path)
    assert info.resource is not None
    assert (info.verb, info.route, info.resource.plural) == (verb, route, resource)
    assert (info.namespace, info.name, info.scope, info.audit_id) == (namespace, name, scope, "audit-id")


@pytest.mark.parametrize("path", [*HEALTH_PATHS, *DISCOVERY_PATHS])
def test_pages_that_are_no_objects(path: str) -> None:
    """Health and discovery have their path as route and the method as verb."""
    info = _parse("GET", path)
    assert (info.resource, info.route, info.endpoint, info.verb) == (None, path, path, "get")


@pytest.mark.parametrize(
    "path",
    [
        "", "/", "/api/v2/nodes", "/api/v1/pods", "/api/v1/nodes/a/status", "/api/v1/namespaces/n/nodes",
        "/API/v1/nodes", "/api/v1/namespaces//configmaps", "/metrics/slis",
    ],
)  # fmt: skip
def test_paths_that_are_not_served(path: str) -> None:
    """An unknown path has no route, so it can never become part of a span's name."""
    info = _parse("GET", path)
    assert (info.route, info.endpoint, info.resource) == (None, "", None)


@given(method=st.text(max_size=10), path=st.text(max_size=60))
def test_nothing_makes_it_fail(method: str, path: str) -> None:
    """Whatever a client sends, the answer is a description, and its route one of the known templates."""
    for candidate in (path, f"/api/v1/nodes/{path}"):
        info = _parse(method, candidate)
        assert info.route in (None, "/api/v1/nodes", "/api/v1/nodes/{name}", *HEALTH_PATHS, *DISCOVERY_PATHS)
