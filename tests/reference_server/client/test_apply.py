"""The three-way difference of apply."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server.client.apply import ANNOTATION, apply_patch, with_last_applied
from reference_server.patches import merge_patch
from tests.support.api_server import config_map


def _stored(before: dict[str, Any], **data: str) -> dict[str, Any]:
    """Return what the server has after ``before`` was applied and others made its data ``data``."""
    return {**with_last_applied(before), "data": data}


@pytest.mark.parametrize(
    ("before", "others", "wanted", "result"),
    [
        ({"a": "1"}, {"a": "1"}, {"a": "1"}, {"a": "1"}),
        ({"a": "1"}, {"a": "1"}, {"a": "2"}, {"a": "2"}),
        ({"a": "1"}, {"a": "1"}, {"a": "1", "b": "2"}, {"a": "1", "b": "2"}),
        ({"a": "1", "b": "2"}, {"a": "1", "b": "2"}, {"a": "1"}, {"a": "1"}),
        ({"a": "1"}, {"a": "1", "other": "x"}, {"a": "1"}, {"a": "1", "other": "x"}),
        ({"a": "1"}, {"a": "9"}, {"a": "1"}, {"a": "1"}),
        ({"a": "1"}, {"other": "x"}, {}, {"other": "x"}),
        ({"a": "1"}, {}, {"a": "1"}, {"a": "1"}),
    ],
)
def test_data(before: dict[str, str], others: dict[str, str], wanted: dict[str, str], result: dict[str, str]) -> None:
    """The file's own is set, what it dropped is removed, what others added stays."""
    stored = _stored(config_map("c", before), **others)
    patch = apply_patch(stored, with_last_applied(config_map("c", wanted)))
    assert merge_patch(stored, patch)["data"] == result


def test_nothing_to_do_is_an_empty_patch() -> None:
    """Also when the server has added fields of its own."""
    wanted = with_last_applied(config_map("c", {"a": "1"}))
    stored = {**wanted, "metadata": {**wanted["metadata"], "uid": "u", "labels": {"by": "webhook"}}}
    assert apply_patch(stored, wanted) == {}


def test_the_file_is_remembered_without_itself() -> None:
    """The annotation does not grow, and other annotations stay."""
    once = with_last_applied(config_map("c", {"a": "1"}, annotations={"x": "y"}))
    twice = with_last_applied(once)
    assert twice == once
    remembered = json.loads(once["metadata"]["annotations"][ANNOTATION])
    assert remembered == config_map("c", {"a": "1"}, annotations={"x": "y"})


@pytest.mark.parametrize("annotation", ["", "{", "[]", "[" * 100_000])
def test_an_annotation_that_cannot_be_read_removes_nothing(annotation: str) -> None:
    """Somebody may have edited it."""
    stored = config_map("c", {"a": "1", "b": "2"}, annotations={ANNOTATION: annotation})
    patch = apply_patch(stored, with_last_applied(config_map("c", {"a": "1"})))
    assert merge_patch(stored, patch)["data"] == {"a": "1", "b": "2"}


texts = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["1", "2"]), max_size=4)


@given(before=texts, others=texts, wanted=texts)
def test_what_is_wanted_is_there_afterwards(
    before: dict[str, str], others: dict[str, str], wanted: dict[str, str]
) -> None:
    """And doing it again changes nothing."""
    stored = _stored(config_map("c", before), **others)
    value = with_last_applied(config_map("c", wanted))
    result = merge_patch(stored, apply_patch(stored, value))
    assert wanted.items() <= result["data"].items()
    assert apply_patch(result, value) == {}
