"""Objects between their arrival and the store."""

from __future__ import annotations

import re
from typing import Any

import pytest

from reference_server.errors import BadRequest, Conflict, Invalid, StatusError
from reference_server.objects import check_fields, check_identity, check_rules, prepare_change, prepare_new
from reference_server.resources import CONFIG_MAPS, NAMESPACES, NODES
from tests.support.api_server import config_map, namespace, node

STORED: dict[str, Any] = {
    **config_map("a", {"k": "old"}, namespace="n", uid="u1", creationTimestamp="2020-01-01T00:00:00Z"),
}
STORED["metadata"]["resourceVersion"] = "7"


def test_identity_is_taken_from_the_url() -> None:
    """A body may leave out what the URL says."""
    value = check_identity(CONFIG_MAPS, {"apiVersion": "v1", "kind": "ConfigMap"}, "n", "a")
    assert value["metadata"] == {"namespace": "n", "name": "a"}


def test_cluster_scoped_objects_have_no_namespace() -> None:
    """An empty one is left out."""
    assert check_identity(NODES, node("a", namespace=""), "")["metadata"] == {"name": "a"}


def test_empty_metadata_is_left_out() -> None:
    """Null and empty maps say nothing, so they are not stored."""
    value = check_identity(NODES, node("a", labels=None, annotations={}, finalizers=[], uid=None), "")
    assert value["metadata"] == {"name": "a"}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "not an object but NoneType"),
        ([], "not an object but list"),
        ({**config_map("a"), "apiVersion": "v2"}, "apiVersion 'v2' does not belong"),
        (node("a"), "kind 'Node' does not belong to this URL; it takes 'ConfigMap'"),
        ({**config_map("a"), "metadata": 7}, "metadata is not a map but int"),
        ({**config_map("a"), "metadata": {"name": 7}}, "metadata.name 7 is not text"),
        (config_map("b"), r"name of the object \(b\) does not match the name on the URL \(a\)"),
        (config_map("a", namespace="other"), r"namespace of the object \(other\) does not match"),
        (config_map("a", resourceVersion=5), "metadata.resourceVersion 5 is not text"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_objects_of_another_url_are_refused(value: Any, message: str) -> None:
    """The message has what was found and what belongs there."""
    with pytest.raises(BadRequest, match=message):
        check_identity(CONFIG_MAPS, value, "n", "a")


UNKNOWN = {**config_map("a", typo="x"), "dat": {}}


def test_unknown_fields_are_refused_when_strict() -> None:
    """Every one of them is named, as kubectl expects."""
    with pytest.raises(BadRequest, match=r'strict decoding error: unknown field "dat", unknown field "metadata\.typo"'):
        check_fields(CONFIG_MAPS, UNKNOWN, "Strict")


@pytest.mark.parametrize(
    ("strictness", "warnings"), [("", 2), ("Warn", 2), ("Ignore", 0)], ids=["default", "warn", "ignore"]
)
def test_unknown_fields_are_dropped_otherwise(strictness: str, warnings: int) -> None:
    """What is not understood is not stored, and the client is told unless it does not want to be."""
    value, told = check_fields(CONFIG_MAPS, UNKNOWN, strictness)
    assert value == config_map("a")
    assert len(told) == warnings


def test_known_fields_pass() -> None:
    """Nothing is changed and nothing said."""
    value = config_map("a", labels={"x": "y"})
    assert check_fields(CONFIG_MAPS, value, "Strict") == (value, [])


def test_a_new_object_gets_what_only_the_server_sets() -> None:
    """Uid and time are new; what the client claims about them, and bookkeeping fields, do not count."""
    claimed = {"uid": "mine", "creationTimestamp": "1970-01-01T00:00:00Z", "generation": 5, "managedFields": [1]}
    prepared = prepare_new(NODES, node("a", **claimed))
    metadata = prepared["metadata"]
    assert set(metadata) == {"name", "uid", "creationTimestamp"}
    assert re.fullmatch(r"[0-9a-f-]{36}", metadata["uid"])
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", metadata["creationTimestamp"])
    assert metadata["creationTimestamp"] > "2020"


def test_names_are_generated() -> None:
    """generateName is a prefix; two names differ, and name goes before generateName."""
    names = {prepare_new(NODES, node("", generateName="web-"))["metadata"]["name"] for _ in range(20)}
    assert len(names) == 20
    assert all(re.fullmatch(r"web-[a-z0-9]{5}", name) for name in names)
    assert prepare_new(NODES, node("a", generateName="web-"))["metadata"]["name"] == "a"


@pytest.mark.parametrize(
    ("value", "error"),
    [(node(""), Invalid), (node("a", resourceVersion="7"), BadRequest)],
    ids=["no name", "resourceVersion"],
)
def test_what_cannot_be_new(value: dict[str, Any], error: type[StatusError]) -> None:
    """An object without a name, or one that was stored before."""
    with pytest.raises(error):
        prepare_new(NODES, value)


def test_namespaces_get_their_defaults() -> None:
    """The label with the name, the finalizer and the phase are there as in Kubernetes; other labels stay."""
    prepared = prepare_new(NAMESPACES, namespace("team", labels={"a": "b"}))
    assert prepared["metadata"]["labels"] == {"a": "b", "kubernetes.io/metadata.name": "team"}
    assert (prepared["spec"], prepared["status"]) == ({"finalizers": ["kubernetes"]}, {"phase": "Active"})


def test_a_change_keeps_what_nobody_can_change() -> None:
    """Uid and creation time come from the stored object, whatever is sent or left out."""
    for sent in ({}, {"creationTimestamp": "1970-01-01T00:00:00Z", "uid": "u1", "generateName": "x-"}):
        changed = prepare_change(CONFIG_MAPS, STORED, config_map("a", {"k": "new"}, namespace="n", **sent))
        assert changed["data"] == {"k": "new"}
        assert changed["metadata"] == {
            "name": "a", "namespace": "n", "uid": "u1", "creationTimestamp": "2020-01-01T00:00:00Z"
        }  # fmt: skip


def test_a_change_for_another_object_of_the_same_name_is_a_conflict() -> None:
    """The uid tells that the object was removed and made anew."""
    with pytest.raises(Conflict, match="UID in precondition: u0, UID in object meta: u1"):
        prepare_change(CONFIG_MAPS, STORED, config_map("a", uid="u0"))


def test_rules_are_checked_all_at_once() -> None:
    """Metadata, fields and changes: one answer has every problem."""
    old = {**STORED, "immutable": True}
    new = {**config_map("B!", {"x y": "1"}), "immutable": True}
    with pytest.raises(Invalid) as caught:
        check_rules(CONFIG_MAPS, new, old)
    assert [cause["field"] for cause in caught.value.details["causes"]] == ["metadata.name", "data[x y]", "data"]


def test_what_breaks_no_rule_passes() -> None:
    """New objects have no old state to compare with."""
    check_rules(CONFIG_MAPS, config_map("a", {"k": "v"}))
