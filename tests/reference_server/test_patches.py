"""JSON Patch (RFC 6902), JSON Merge Patch (RFC 7396), strategic merge patch for maps."""

from __future__ import annotations

import contextlib
import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server.patches import (
    PatchError,
    PatchNotApplicable,
    json_patch,
    merge_patch,
    strategic_merge_patch,
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)

# RFC 7396, appendix A.
MERGE_CASES = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"a": "foo"}, None, None),
    ({"a": "foo"}, "bar", "bar"),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]


@pytest.mark.parametrize(("target", "patch", "result"), MERGE_CASES)
def test_merge_patch_as_the_rfc_shows_it(target: Any, patch: Any, result: Any) -> None:
    """Every example of RFC 7396, appendix A."""
    before = copy.deepcopy(target)
    assert merge_patch(target, patch) == result
    assert target == before


@pytest.mark.parametrize(("target", "patch", "result"), MERGE_CASES)
def test_a_strategic_patch_without_directives_is_a_merge_patch(target: Any, patch: Any, result: Any) -> None:
    """For maps the two are the same."""
    assert strategic_merge_patch(target, patch) == result


@pytest.mark.parametrize(
    "patch", [{"$patch": "replace"}, {"a": {"$setElementOrder/b": []}}, {"a": [{"$patch": "delete"}]}]
)
def test_strategic_directives_are_refused(patch: Any) -> None:
    """A directive that is not understood would otherwise be stored as data."""
    with pytest.raises(PatchError, match="directive"):
        strategic_merge_patch({}, patch)


# RFC 6902, appendix A, and the corners of RFC 6901.
JSON_CASES = [
    ("add a member", {"foo": "bar"}, [("add", "/baz", "qux")], {"foo": "bar", "baz": "qux"}),
    ("add an element", {"foo": ["bar", "baz"]}, [("add", "/foo/1", "qux")], {"foo": ["bar", "qux", "baz"]}),
    ("append", {"foo": ["bar"]}, [("add", "/foo/-", ["abc"])], {"foo": ["bar", ["abc"]]}),
    ("add at the end", {"foo": [1]}, [("add", "/foo/1", 2)], {"foo": [1, 2]}),
    ("replace by add", {"a": 1}, [("add", "/a", 2)], {"a": 2}),
    ("the whole document", {"a": 1}, [("add", "", {"b": 2})], {"b": 2}),
    ("remove a member", {"baz": 1, "foo": 2}, [("remove", "/baz", None)], {"foo": 2}),
    ("remove an element", {"foo": [1, 2, 3]}, [("remove", "/foo/1", None)], {"foo": [1, 3]}),
    ("replace", {"baz": 1}, [("replace", "/baz", 2)], {"baz": 2}),
    ("replace an element", {"a": [1, 2]}, [("replace", "/a/1", 3)], {"a": [1, 3]}),
    ("test", {"a": [1, "x"], "b": 1.0}, [("test", "/a/1", "x"), ("test", "/b", 1)], {"a": [1, "x"], "b": 1.0}),
    ("escapes", {"~": {"/": 1}}, [("replace", "/~0/~1", 2)], {"~": {"/": 2}}),
    ("tilde before slash", {"~1": 1}, [("remove", "/~01", None)], {}),
    ("an empty key", {"": 1}, [("replace", "/", 2)], {"": 2}),
    ("null is a value", {"a": 1}, [("add", "/b", None)], {"a": 1, "b": None}),
]


def _operations(short: list[tuple[str, str, Any]]) -> list[dict[str, Any]]:
    return [{"op": op, "path": path, **({} if op == "remove" else {"value": value})} for op, path, value in short]


@pytest.mark.parametrize(
    ("target", "operations", "result"), [case[1:] for case in JSON_CASES], ids=[c[0] for c in JSON_CASES]
)
def test_json_patch_operations(target: Any, operations: list[tuple[str, str, Any]], result: Any) -> None:
    """Operations do what RFC 6902 says, and the target itself stays as it is."""
    before = copy.deepcopy(target)
    assert json_patch(target, _operations(operations)) == result
    assert target == before


@pytest.mark.parametrize(
    ("operation", "result"),
    [
        ({"op": "move", "from": "/a/b", "path": "/c"}, {"a": {}, "c": [1, 2]}),
        ({"op": "move", "from": "/a/b/0", "path": "/a/b/1"}, {"a": {"b": [2, 1]}}),
        ({"op": "move", "from": "/a", "path": "/a"}, {"a": {"b": [1, 2]}}),
        ({"op": "copy", "from": "/a/b", "path": "/c"}, {"a": {"b": [1, 2]}, "c": [1, 2]}),
    ],
)
def test_move_and_copy(operation: dict[str, Any], result: Any) -> None:
    """Values go from one place to another."""
    assert json_patch({"a": {"b": [1, 2]}}, [operation]) == result


def test_a_copy_is_a_copy() -> None:
    """What is changed later in one place is not changed in the other."""
    operations = [{"op": "copy", "from": "/a", "path": "/b"}, {"op": "add", "path": "/b/x", "value": 1}]
    assert json_patch({"a": {}}, operations) == {"a": {}, "b": {"x": 1}}


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "remove", "path": "/absent"},
        {"op": "replace", "path": "/absent", "value": 1},
        {"op": "add", "path": "/absent/x", "value": 1},
        {"op": "add", "path": "/list/5", "value": 1},
        {"op": "add", "path": "/list/01", "value": 1},
        {"op": "add", "path": "/list/x", "value": 1},
        {"op": "remove", "path": "/list/-"},
        {"op": "add", "path": "/text/x", "value": 1},
        {"op": "test", "path": "/list/0", "value": True},
        {"op": "test", "path": "/text", "value": "other"},
        {"op": "move", "from": "/map", "path": "/map/inside"},
        {"op": "copy", "from": "/absent", "path": "/x"},
    ],
    ids=str,
)
def test_an_operation_that_does_not_fit_is_not_applicable(operation: dict[str, Any]) -> None:
    """The patch is fine, the object is not what it expects; true is not the number 1."""
    with pytest.raises(PatchNotApplicable, match="operation 0"):
        json_patch({"list": [1], "text": "t", "map": {}}, [operation])


@pytest.mark.parametrize(
    "operations",
    [
        {},
        "patch",
        None,
        [7],
        [{}],
        [{"op": "explode", "path": "/a"}],
        [{"op": ["add"], "path": "/a", "value": 1}],
        [{"op": "add", "path": "/a"}],
        [{"op": "add", "path": "a", "value": 1}],
        [{"op": "add", "value": 1}],
        [{"op": "move", "path": "/a"}],
        [{"op": "add", "path": "/a", "value": 1}] * 10_001,
    ],
    ids=lambda value: str(value)[:40],
)
def test_malformed_patches(operations: Any) -> None:
    """No object could make these applicable."""
    with pytest.raises(PatchError) as caught:
        json_patch({"a": 1}, operations)
    assert not isinstance(caught.value, PatchNotApplicable)


def test_copies_of_copies_do_not_fill_the_memory() -> None:
    """Doubling a value forty times would take more memory than there is."""
    double = [
        {"op": "copy", "from": "/a", "path": "/b/-"},
        {"op": "copy", "from": "/b", "path": "/a"},
    ]
    with pytest.raises(PatchError, match="copies more than"):
        json_patch({"a": ["x" * 1000], "b": []}, double * 40)


@given(target=json_values, patch=json_values)
def test_merging_never_fails(target: Any, patch: Any) -> None:
    """Any value may be merged into any other, and merging the result again changes nothing."""
    once = merge_patch(target, patch)
    assert merge_patch(once, patch) == once


@given(
    target=json_values,
    operations=st.lists(
        st.fixed_dictionaries(
            {"op": st.sampled_from(["add", "remove", "replace", "move", "copy", "test"])},
            optional={
                "path": st.text("/ab01-~", max_size=5),
                "from": st.text("/ab01-~", max_size=5),
                "value": json_values,
            },
        ),
        max_size=4,
    ),
)
def test_a_json_patch_is_applied_or_refused(target: Any, operations: list[dict[str, Any]]) -> None:
    """Whatever is sent, the outcome is a new value or a PatchError, and the target is untouched."""
    before = copy.deepcopy(target)
    with contextlib.suppress(PatchError):
        json_patch(target, operations)
    assert target == before
