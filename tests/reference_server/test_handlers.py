"""What the server does with objects, asked through the whole application."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support.api_server import ADMIN, DEVELOPER, InProcessServer, config_map, namespace, node

MAPS = "/api/v1/namespaces/default/configmaps"
MERGE = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"


def test_an_object_lives(server: InProcessServer) -> None:
    """Created, read, replaced, changed in part, removed: each step answers with the state it left."""
    created = server.call("POST", MAPS, config_map("a", {"k": "1"}))
    assert (created.code, created.value["data"]) == (201, {"k": "1"})
    assert server.call("GET", f"{MAPS}/a").value == created.value
    replaced = server.call("PUT", f"{MAPS}/a", config_map("a", {"k": "2"}))
    assert (replaced.code, replaced.value["data"]) == (200, {"k": "2"})
    changed = server.call("PATCH", f"{MAPS}/a", {"data": {"k": None, "l": "3"}}, content_type=MERGE)
    assert (changed.code, changed.value["data"]) == (200, {"l": "3"})
    versions = [int(answer.value["metadata"]["resourceVersion"]) for answer in (created, replaced, changed)]
    assert versions == sorted(set(versions))
    removed = server.call("DELETE", f"{MAPS}/a")
    assert (removed.code, removed.value["status"]) == (200, "Success")
    assert removed.value["details"] == {"name": "a", "kind": "configmaps", "uid": created.value["metadata"]["uid"]}
    assert server.call("GET", f"{MAPS}/a").code == 404


@pytest.mark.parametrize(
    ("path", "value"),
    [("/api/v1/nodes", node("x")), ("/api/v1/namespaces", namespace("x")), (MAPS, config_map("x"))],
    ids=["nodes", "namespaces", "configmaps"],
)
def test_every_resource_can_be_created_listed_and_read(
    server: InProcessServer, path: str, value: dict[str, Any]
) -> None:
    """The list has the kind of its items."""
    created = server.call("POST", path, value).value
    listing = server.call("GET", path).value
    assert listing["kind"] == f"{value['kind']}List"
    assert created in listing["items"]
    assert server.call("GET", f"{path}/x").value == created


def test_head_has_no_body(server: InProcessServer) -> None:
    """But the length that GET would have."""
    full, head = server.call("GET", "/api/v1/namespaces/default"), server.call("HEAD", "/api/v1/namespaces/default")
    assert (head.code, head.body) == (200, b"")
    assert head.headers["Content-Length"] == full.headers["Content-Length"]


@pytest.mark.parametrize(
    ("method", "path", "body", "code", "message"),
    [
        ("GET", f"{MAPS}/nope", None, 404, 'configmaps "nope" not found'),
        ("DELETE", f"{MAPS}/nope", None, 404, 'configmaps "nope" not found'),
        ("PUT", f"{MAPS}/nope", config_map("nope"), 404, 'configmaps "nope" not found'),
        ("POST", MAPS, config_map("taken"), 409, 'configmaps "taken" already exists'),
        ("POST", "/api/v1/namespaces/no/configmaps", config_map("a"), 404, 'namespaces "no" not found'),
        ("POST", MAPS, b"{", 400, "cannot be read as JSON"),
        ("POST", MAPS, [], 400, "not an object but list"),
        ("POST", MAPS, node("a"), 400, "kind 'Node' does not belong"),
        ("POST", MAPS, config_map("A"), 422, 'ConfigMap "A" is invalid: metadata.name'),
        (
            "POST",
            MAPS,
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {}},
            422,
            "name or generateName is required",
        ),
        ("POST", MAPS + "?dryRun=maybe", config_map("a"), 400, "dryRun 'maybe'"),
        ("PUT", f"{MAPS}/taken", config_map("other"), 400, "does not match the name on the URL"),
        ("PUT", f"{MAPS}/taken", config_map("taken", resourceVersion="1"), 409, "the object has been modified"),
        ("PUT", f"{MAPS}/taken", config_map("taken", uid="u"), 409, "UID in precondition"),
        ("DELETE", f"{MAPS}/taken", {"preconditions": {"uid": "u"}}, 409, "UID in precondition"),
        ("DELETE", f"{MAPS}/taken", {"preconditions": 5}, 400, "preconditions 5"),
        ("DELETE", f"{MAPS}/taken", [], 400, "send DeleteOptions"),
        ("DELETE", "/api/v1/namespaces/default", None, 403, "this namespace may not be deleted"),
        ("DELETE", MAPS, None, 405, "does not allow this method"),
        ("PATCH", MAPS, {}, 405, "does not allow this method"),
        ("PUT", MAPS, config_map("a"), 405, "does not allow this method"),
        ("OPTIONS", MAPS, None, 405, "does not allow this method"),
        ("POST", "/api/v1/configmaps", config_map("a"), 405, "does not allow this method"),
        ("GET", MAPS + "?watch=true", None, 405, "watch is not served"),
        ("GET", MAPS + "?labelSelector=a+in+(b)", None, 400, "labelSelector"),
        ("GET", MAPS + "?continue=x", None, 400, "start the list again"),
        ("GET", "/api/v1/pods", None, 404, "could not find the requested resource"),
    ],
    ids=lambda value: str(value)[:45],
)
def test_refusals(server: InProcessServer, method: str, path: str, body: Any, code: int, message: str) -> None:
    """Each is a Status with code, reason and a message that says what to do; nothing is changed."""
    before = server.call("POST", MAPS, config_map("taken")).value
    answer = server.call(method, path, body)
    assert (answer.code, answer.value["kind"], answer.value["code"]) == (code, "Status", code)
    assert message in answer.message
    assert server.call("GET", MAPS).value["items"] == [before]


def test_unknown_fields_are_warned_about(server: InProcessServer) -> None:
    """They are not stored, and the answer has a Warning header; strict clients get an error."""
    value = {**config_map("a"), "dat": {}}
    strict = server.call("POST", MAPS + "?fieldValidation=Strict", value)
    assert (strict.code, strict.message) == (400, 'strict decoding error: unknown field "dat"')
    answer = server.call("POST", MAPS, value)
    assert answer.headers["Warning"] == '299 - "unknown field \\"dat\\""'
    assert "dat" not in answer.value


def test_yaml_goes_in_and_out(server: InProcessServer) -> None:
    """By content type and Accept."""
    body = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: v}\n"
    answer = server.call("POST", MAPS, body, content_type="application/yaml", headers={"Accept": "application/yaml"})
    assert (answer.code, answer.headers["Content-Type"]) == (201, "application/yaml")
    assert b"k: v" in answer.body


@pytest.mark.parametrize(
    ("content_type", "patch", "data"),
    [
        (MERGE, {"data": {"b": "2"}}, {"a": "1", "b": "2"}),
        (MERGE, {"data": None}, None),
        (JSON_PATCH, [{"op": "replace", "path": "/data/a", "value": "2"}], {"a": "2"}),
        (JSON_PATCH, [{"op": "test", "path": "/data/a", "value": "1"}, {"op": "remove", "path": "/data/a"}], {}),
        (STRATEGIC, {"metadata": {"labels": {"hello": "world"}}}, {"a": "1"}),
    ],
)
def test_patches(server: InProcessServer, content_type: str, patch: Any, data: Any) -> None:
    """All three kinds that kubectl sends."""
    server.call("POST", MAPS, config_map("p", {"a": "1"}))
    answer = server.call("PATCH", f"{MAPS}/p", patch, content_type=content_type)
    assert (answer.code, answer.value.get("data")) == (200, data)
    assert server.call("GET", f"{MAPS}/p").value == answer.value


@pytest.mark.parametrize(
    ("content_type", "patch", "code", "message"),
    [
        (JSON_PATCH, [{"op": "test", "path": "/data/a", "value": "2"}], 422, "test failed"),
        (JSON_PATCH, [{"op": "remove", "path": "/data/x"}], 422, "does not exist"),
        (JSON_PATCH, {"op": "add"}, 400, "malformed"),
        (JSON_PATCH, [{"op": "replace", "path": "/metadata/name", "value": "q"}], 400, "does not match the name"),
        (STRATEGIC, {"$patch": "delete"}, 400, "directive"),
        (MERGE, b"{", 400, "cannot be read"),
        (MERGE, [], 400, "not an object"),
        (MERGE, {"data": {"a": 1}}, 422, "must be a string"),
        (MERGE, {"metadata": {"resourceVersion": "1"}}, 409, "has been modified"),
        ("application/apply-patch+yaml", b"{}", 415, "accepted media types include: application/json-patch+json"),
        ("application/json", {}, 415, "Content-Type says 'application/json'"),
    ],
)
def test_patches_that_are_refused(
    server: InProcessServer, content_type: str, patch: Any, code: int, message: str
) -> None:
    """The object stays as it was."""
    before = server.call("POST", MAPS, config_map("p", {"a": "1"})).value
    answer = server.call("PATCH", f"{MAPS}/p", patch, content_type=content_type)
    assert answer.code == code
    assert message in answer.message
    assert server.call("GET", f"{MAPS}/p").value == before


def test_concurrent_patches_all_count(server: InProcessServer) -> None:
    """A patch without a version is made again on what others left; none is lost, a few may give up and say so."""
    server.call("POST", MAPS, config_map("p"))

    def change(number: int) -> int:
        return server.call("PATCH", f"{MAPS}/p", {"data": {f"k{number}": ""}}, content_type=MERGE).code

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(change, range(40)))
    assert set(codes) <= {200, 409}
    assert len(server.call("GET", f"{MAPS}/p").value["data"]) == codes.count(200) > 0


def test_of_concurrent_updates_of_one_version_one_wins(server: InProcessServer) -> None:
    """The others get a conflict."""
    version = server.call("POST", MAPS, config_map("u")).value["metadata"]["resourceVersion"]

    def change(number: int) -> int:
        value = config_map("u", {"by": str(number)}, resourceVersion=version)
        return server.call("PUT", f"{MAPS}/u", value).code

    with ThreadPoolExecutor(8) as pool:
        codes = sorted(pool.map(change, range(8)))
    assert codes == [200] + [409] * 7


def test_dry_runs_answer_and_store_nothing(server: InProcessServer) -> None:
    """For every change; the options of a deletion may ask for it too."""
    stored = server.call("POST", MAPS, config_map("a", {"k": "1"})).value
    assert server.call("POST", MAPS + "?dryRun=All", config_map("b")).code == 201
    assert server.call("PUT", f"{MAPS}/a?dryRun=All", config_map("a", {"k": "2"})).value["data"] == {"k": "2"}
    assert server.call("PATCH", f"{MAPS}/a?dryRun=All", {"data": {}}, content_type=MERGE).code == 200
    assert server.call("DELETE", f"{MAPS}/a?dryRun=All").code == 200
    assert server.call("DELETE", f"{MAPS}/a", {"dryRun": ["All"]}).code == 200
    assert server.call("GET", MAPS).value["items"] == [stored]


def test_lists_in_pages(server: InProcessServer) -> None:
    """A limit gives a token for what follows, and the pages add up."""
    for number in range(5):
        server.call("POST", MAPS, config_map(f"c{number}"))
    names: list[str] = []
    token = ""
    while True:
        page = server.call("GET", f"{MAPS}?limit=2&continue={token}").value
        names += [item["metadata"]["name"] for item in page["items"]]
        token = page["metadata"].get("continue", "")
        if not token:
            break
    assert names == [f"c{number}" for number in range(5)]


def test_lists_by_selector_and_over_all_namespaces(server: InProcessServer) -> None:
    """Labels that are null do not break the list."""
    server.call("POST", "/api/v1/namespaces", namespace("team"))
    server.call("POST", MAPS, config_map("a", labels={"color": "blue"}))
    server.call("POST", "/api/v1/namespaces/team/configmaps", config_map("b", labels=None))
    everywhere = server.call("GET", "/api/v1/configmaps").value["items"]
    assert [item["metadata"]["name"] for item in everywhere] == ["a", "b"]
    blue = server.call("GET", "/api/v1/configmaps?labelSelector=color%3Dblue").value["items"]
    assert [item["metadata"]["name"] for item in blue] == ["a"]
    named = server.call("GET", "/api/v1/configmaps?fieldSelector=metadata.namespace%3Dteam").value["items"]
    assert [item["metadata"]["name"] for item in named] == ["b"]


def test_a_namespace_goes_with_its_contents(server: InProcessServer) -> None:
    """And can be made anew, empty."""
    for _ in range(2):
        assert server.call("POST", "/api/v1/namespaces", namespace("team")).code == 201
        assert server.call("GET", "/api/v1/namespaces/team/configmaps").value["items"] == []
        assert server.call("POST", "/api/v1/namespaces/team/configmaps", config_map("a")).code == 201
        assert server.call("DELETE", "/api/v1/namespaces/team").code == 200


def test_immutable_means_immutable(server: InProcessServer) -> None:
    """The answer names the field."""
    server.call("POST", MAPS, {**config_map("a", {"k": "1"}), "immutable": True})
    answer = server.call("PATCH", f"{MAPS}/a", {"data": {"k": "2"}}, content_type=MERGE)
    assert (answer.code, answer.value["details"]["causes"][0]["field"]) == (422, "data")


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 100_000])
def test_endless_nesting_is_a_bad_request(server: InProcessServer, body: bytes) -> None:
    """Not a stack overflow."""
    assert server.call("POST", MAPS, body).code == 400


def test_objects_that_are_nested_deeply_are_refused_or_stored(server: InProcessServer) -> None:
    """Whatever the depth, the answer is no 500."""
    for depth in (100, 300, 900):
        value = {**node("deep"), "spec": {}}
        inner = value["spec"]
        for _ in range(depth):
            inner["a"] = {}
            inner = inner["a"]
        assert server.call("POST", "/api/v1/nodes", value).code in (201, 400, 409)


def test_others_may_do_what_rules_allow(server: InProcessServer) -> None:
    """And nothing else."""
    assert server.call("POST", MAPS, config_map("a"), token=DEVELOPER).code == 201
    assert server.call("POST", "/api/v1/nodes", node("a"), token=DEVELOPER).code == 403
    assert server.call("GET", "/api/v1/namespaces/kube-system/configmaps", token=DEVELOPER).code == 403
    assert server.call("GET", "/api/v1/namespaces/kube-system/configmaps", token=ADMIN).code == 200
