"""Query parameters."""

from __future__ import annotations

import base64
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from reference_server.errors import BadRequest
from reference_server.parameters import ChangeParameters, make_continue, read_change_parameters, read_list_parameters


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ({}, ChangeParameters(False, "")),
        ({"dryRun": "All"}, ChangeParameters(True, "")),
        ({"fieldValidation": "Strict", "fieldManager": "kubectl", "pretty": "true"}, ChangeParameters(False, "Strict")),
    ],
)
def test_how_a_change_is_made(query: dict[str, str], parameters: ChangeParameters) -> None:
    """Parameters that change nothing here are let through."""
    assert read_change_parameters(MultiDict(query)) == parameters


@pytest.mark.parametrize("query", [{"dryRun": "Some"}, {"dryRun": "true"}, {"fieldValidation": "strict"}])
def test_values_that_do_not_exist_are_refused(query: dict[str, str]) -> None:
    """A dry run that is misspelt must not become a change."""
    with pytest.raises(BadRequest, match=next(iter(query.values()))):
        read_change_parameters(MultiDict(query))


def test_which_part_of_a_list_is_wanted() -> None:
    """Without parameters all of it."""
    everything = read_list_parameters(MultiDict())
    assert (everything.matches, everything.limit, everything.after) == (None, 0, None)
    query = {"limit": "5", "continue": make_continue("n", "ä"), "labelSelector": "a=b"}
    some = read_list_parameters(MultiDict(query))
    assert (some.limit, some.after) == (5, ("n", "ä"))
    assert some.matches is not None


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "-1"}, {"limit": "x"}, {"limit": "1e3"}, {"limit": "9999999999"}, {"limit": "٣"},
        {"continue": "x"}, {"continue": "W10="}, {"continue": "WzEsMl0="}, {"continue": "ä"},
        {"continue": "eyJhIjoxfQ=="}, {"continue": "WyJcdWQ4MDAiLCAiYSJd"},
        {"continue": base64.urlsafe_b64encode(b"[" * 100_000).decode()},
    ],
    ids=lambda query: str(query)[:60],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(query: dict[str, str]) -> None:
    """Limits are plain numbers, and tokens are those of this server."""
    with pytest.raises(BadRequest, match=next(iter(query))):
        read_list_parameters(MultiDict(query))


@given(values=st.dictionaries(st.sampled_from(["limit", "continue", "fieldSelector", "dryRun"]), st.text(max_size=20)))
def test_garbage_is_a_bad_request_or_read(values: dict[str, str]) -> None:
    """No text causes another exception."""
    for read in (read_list_parameters, read_change_parameters):
        with contextlib.suppress(BadRequest):
            read(MultiDict(values))
