"""Label and field selectors."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server.errors import BadRequest
from reference_server.selectors import parse_selectors

BLUE: dict[str, Any] = {"metadata": {"name": "blue", "namespace": "n", "labels": {"color": "blue", "a.b/c": "1"}}}
PLAIN: dict[str, Any] = {"metadata": {"name": "plain"}}


@pytest.mark.parametrize(
    ("labels", "fields", "chosen"),
    [
        ("color=blue", "", ["blue"]),
        ("color==blue", "", ["blue"]),
        ("color != blue", "", ["plain"]),
        ("color!=red", "", ["blue", "plain"]),
        ("a.b/c=1,color=blue", "", ["blue"]),
        ("color=blue,color=red", "", []),
        ("color=", "", []),
        ("", "metadata.name=plain", ["plain"]),
        ("", "metadata.namespace!=n", ["plain"]),
        ("color=blue", "metadata.name=plain", []),
    ],
)
def test_what_is_selected(labels: str, fields: str, chosen: list[str]) -> None:
    """Every part must hold; an absent label is unequal to everything."""
    matches = parse_selectors(labels, fields)
    assert matches is not None
    assert [item["metadata"]["name"] for item in (BLUE, PLAIN) if matches(item)] == chosen


def test_no_selector_selects_all_without_looking() -> None:
    """None tells the store that it need not ask."""
    assert parse_selectors("", " ") is None


@pytest.mark.parametrize("selector", ["color", "color in (a)", "=blue", "a=b=c", "a=b,", "a=b;c", "!color"])
def test_what_cannot_be_read_is_refused(selector: str) -> None:
    """A selector that is not understood must not select everything."""
    with pytest.raises(BadRequest, match="labelSelector"):
        parse_selectors(selector, "")


def test_fields_that_cannot_be_selected_are_refused() -> None:
    """The message has the field and the ones that can."""
    with pytest.raises(BadRequest, match=r"not supported: status\.phase; use one of metadata\.name"):
        parse_selectors("", "status.phase=Active")


@given(selector=st.text(max_size=30))
def test_no_selector_fails_otherwise(selector: str) -> None:
    """Any text is read or refused."""
    try:
        matches = parse_selectors(selector, selector)
    except BadRequest:
        return
    assert matches is None or matches(BLUE) in (True, False)
