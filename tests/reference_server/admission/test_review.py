"""The messages of the conversation with a webhook."""

from __future__ import annotations

import base64
import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server.admission.review import Change, ReviewError, Verdict, build_review, patched, read_review
from reference_server.users import User
from tests.support.api_server import config_map

CHANGE = Change("UPDATE", "configmaps", "ConfigMap", "n", "a", User("alice", "1", ("g",)), {"old": True}, dry_run=True)


def _answer(uid: str = "u", **response: Any) -> bytes:
    review = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": {"uid": uid, **response}}
    return json.dumps(review).encode()


def _encoded(value: Any) -> str:
    return base64.b64encode(json.dumps(value).encode()).decode()


def test_the_question_has_all_that_kubernetes_sends() -> None:
    """Who, what, where, the new and the old object."""
    review = build_review("u", CHANGE, {"new": True})
    request = review["request"]
    assert (review["apiVersion"], review["kind"], request["uid"]) == ("admission.k8s.io/v1", "AdmissionReview", "u")
    assert request["kind"] == {"group": "", "version": "v1", "kind": "ConfigMap"}
    assert request["resource"] == {"group": "", "version": "v1", "resource": "configmaps"}
    assert (request["operation"], request["name"], request["namespace"]) == ("UPDATE", "a", "n")
    assert request["userInfo"] == {"username": "alice", "uid": "1", "groups": ["g"]}
    assert (request["object"], request["oldObject"], request["dryRun"]) == ({"new": True}, {"old": True}, True)


def test_cluster_scoped_objects_have_no_namespace() -> None:
    """The field is left out, as in Kubernetes."""
    change = Change("DELETE", "nodes", "Node", "", "a", User("alice"), None)
    assert "namespace" not in build_review("u", change, None)["request"]


@pytest.mark.parametrize(
    ("response", "verdict"),
    [
        ({"allowed": True}, Verdict(True)),
        ({"allowed": False}, Verdict(False)),
        ({"allowed": False, "status": {"message": "no", "code": 422}}, Verdict(False, "no", 422)),
        ({"allowed": False, "status": {"message": None, "code": 200}}, Verdict(False)),
        ({"allowed": False, "status": {"code": True}}, Verdict(False)),
        ({"allowed": False, "status": "no"}, Verdict(False)),
        ({"allowed": True, "warnings": ["a", 7, "b" * 300]}, Verdict(True, warnings=("a", "b" * 256))),
        ({"allowed": True, "warnings": "a"}, Verdict(True)),
        ({"allowed": True, "patchType": "JSONPatch", "patch": _encoded([])}, Verdict(True, patch=[])),
    ],
    ids=str,
)
def test_answers(response: dict[str, Any], verdict: Verdict) -> None:
    """What is missing has its default, what is odd and harmless is ignored."""
    assert read_review("u", _answer(**response)) == verdict


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "not JSON"),
        (b"<html>", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not an AdmissionReview"),
        (b'{"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1beta1"}', "not an AdmissionReview"),
        (b'{"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1"}', "no response with uid u"),
        (_answer(uid="other", allowed=True), "no response with uid u"),
        (_answer(), "does not say whether"),
        (_answer(allowed="true"), "does not say whether"),
        (_answer(allowed=True, patch="x"), "patchType None is unknown"),
        (_answer(allowed=True, patchType="JSONPatch", patch="%"), "not base64-encoded JSON"),
        (_answer(allowed=True, patchType="JSONPatch", patch=7), "not base64-encoded JSON"),
        (_answer(allowed=True, patchType="JSONPatch", patch=_encoded({})), "not a list"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_garbage(body: bytes, message: str) -> None:
    """It is told what is wrong with the answer."""
    with pytest.raises(ReviewError, match=message):
        read_review("u", body)


@given(body=st.binary(max_size=50))
def test_no_answer_fails_otherwise(body: bytes) -> None:
    """Any bytes are an answer or a ReviewError."""
    with contextlib.suppress(ReviewError):
        read_review("u", body)


def test_a_patch_is_applied() -> None:
    """To a copy."""
    value = config_map("a")
    verdict = Verdict(True, patch=[{"op": "add", "path": "/data/k", "value": "v"}])
    assert patched(value, verdict) == config_map("a", {"k": "v"})
    assert value == config_map("a")
    assert patched(value, Verdict(True)) is value


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "remove", "path": "/absent"},
        {"op": "replace", "path": "", "value": []},
        {"op": "remove", "path": "/metadata"},
        {"op": "replace", "path": "/metadata", "value": 7},
        {"op": "explode"},
    ],
    ids=str,
)
def test_patches_that_do_not_fit(operation: dict[str, Any]) -> None:
    """Or that leave no object."""
    with pytest.raises(ReviewError, match="patch"):
        patched(config_map("a"), Verdict(True, patch=[operation]))
