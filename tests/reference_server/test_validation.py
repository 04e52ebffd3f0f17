"""What may be stored."""

from __future__ import annotations

from typing import Any

import pytest

from reference_server.validation import (
    check_config_map,
    check_config_map_change,
    check_dns_label,
    check_dns_subdomain,
    check_metadata,
    check_spec_and_status,
    no_change_rules,
)


@pytest.mark.parametrize("name", ["a", "a-b", "0", "x" * 63])
def test_dns_labels(name: str) -> None:
    """RFC 1123 labels are accepted."""
    assert check_dns_label(name) is None


@pytest.mark.parametrize("name", ["", "A", "a.b", "-a", "a-", "x" * 64, "a b", "ä", "a\n"])
def test_what_is_no_dns_label(name: str) -> None:
    """Everything else is explained."""
    assert check_dns_label(name)


@pytest.mark.parametrize("name", ["a", "a.b-c.d", "x" * 253])
def test_dns_subdomains(name: str) -> None:
    """Labels separated by dots are accepted."""
    assert check_dns_subdomain(name) is None


@pytest.mark.parametrize("name", ["", ".a", "a.", "a..b", "A", "x" * 254, "a_b", "a/b", "a\n"])
def test_what_is_no_dns_subdomain(name: str) -> None:
    """Everything else is explained."""
    assert check_dns_subdomain(name)


def _metadata_problems(**metadata: Any) -> list[str]:
    causes = check_metadata({"name": "a", **metadata}, check_dns_subdomain)
    return [f"{cause.field}: {cause.message}" for cause in causes]


@pytest.mark.parametrize(
    "metadata",
    [
        {"labels": {"a": ""}, "annotations": {"a": "anything\n" * 10}},
        {"labels": {"example.com/a.b_c-d": "A.b_c-9"}},
        {"annotations": {"Example.com/A": ""}},
        {"labels": None, "annotations": None},
    ],
)
def test_metadata_that_is_fine(metadata: dict[str, Any]) -> None:
    """Nothing is said about it."""
    assert _metadata_problems(**metadata) == []


@pytest.mark.parametrize(
    ("metadata", "place"),
    [
        ({"name": "A"}, "metadata.name"),
        ({"labels": {"a": "-x"}}, "metadata.labels"),
        ({"labels": {"a": "x" * 64}}, "metadata.labels"),
        ({"labels": {"": "x"}}, "metadata.labels"),
        ({"labels": {"/a": "x"}}, "metadata.labels"),
        ({"labels": {"UP/a": "x"}}, "metadata.labels"),
        ({"labels": {"a/": "x"}}, "metadata.labels"),
        ({"labels": {"a": 7}}, "metadata.labels[a]"),
        ({"labels": ["a"]}, "metadata.labels"),
        ({"annotations": {"a b": ""}}, "metadata.annotations"),
        ({"annotations": {"a": True}}, "metadata.annotations[a]"),
        ({"annotations": {"a": "x" * (256 * 1024)}}, "metadata.annotations"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_metadata_that_is_not(metadata: dict[str, Any], place: str) -> None:
    """One problem, with its place."""
    (problem,) = _metadata_problems(**metadata)
    assert problem.startswith(f"{place}: ")
    assert len(problem) < 300


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"data": None, "binaryData": None, "immutable": None},
        {"data": {"a.b_c-D": "x"}, "binaryData": {"x": "aGk="}, "immutable": True},
        {"binaryData": {"x": "aG\nk="}},
    ],
)
def test_config_maps_that_are_fine(value: dict[str, Any]) -> None:
    """Nothing is said about them."""
    assert list(check_config_map(value)) == []


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"data": {"a b": "x"}}, "data[a b]"),
        ({"data": {"": "x"}}, "data[]"),
        ({"data": {"x" * 254: "x"}}, f"data[{'x' * 77}...]"),
        ({"data": {"a": 1}}, "data[a]"),
        ({"data": []}, ""),
        ({"data": "text"}, "data"),
        ({"binaryData": {"a": "not base64!"}}, "binaryData[a]"),
        ({"data": {"a": "x"}, "binaryData": {"a": "eA=="}}, "data[a]"),
        ({"immutable": "yes"}, "immutable"),
        ({"data": {"a": "x" * (1024 * 1024 + 1)}}, ""),
    ],
    ids=lambda value: str(value)[:50],
)
def test_config_maps_that_are_not(value: dict[str, Any], field: str) -> None:
    """One problem, with its field; an empty list counts as an empty map."""
    causes = list(check_config_map(value))
    assert [cause.field for cause in causes] == ([field] if value != {"data": []} else [])


@pytest.mark.parametrize(
    ("old", "new", "fields"),
    [
        ({"data": {"a": "1"}}, {"data": {"a": "2"}}, []),
        ({"immutable": True, "data": {"a": "1"}}, {"immutable": True, "data": {"a": "1"}}, []),
        ({"immutable": True, "data": {"a": "1"}}, {"immutable": True, "data": {"a": "2"}}, ["data"]),
        ({"immutable": True, "data": {}}, {"immutable": True}, []),
        ({"immutable": True}, {}, ["immutable"]),
        ({"immutable": True}, {"binaryData": {"a": ""}}, ["immutable", "binaryData"]),
        ({}, {"immutable": True}, []),
    ],
)
def test_immutable_config_maps(old: dict[str, Any], new: dict[str, Any], fields: list[str]) -> None:
    """What is immutable stays so, and so does its data."""
    assert [cause.field for cause in check_config_map_change(old, new)] == fields


def test_spec_and_status_are_maps() -> None:
    """What is in them is nobody's business here."""
    assert list(check_spec_and_status({"spec": {"anything": [1]}, "status": None})) == []
    assert [cause.field for cause in check_spec_and_status({"spec": 1, "status": "x"})] == ["spec", "status"]


def test_other_kinds_may_change_freely() -> None:
    """Only ConfigMaps have rules about changes."""
    assert list(no_change_rules({}, {"spec": {}})) == []
