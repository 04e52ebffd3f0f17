"""YAML and JSON without guessing."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server.strict_yaml import parse_json, parse_yaml, parse_yaml_documents


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 1\nb: [x, 1.5, true, null]", {"a": 1, "b": ["x", 1.5, True, None]}),
        ("when: 2020-01-01", {"when": "2020-01-01"}),
        ("when: 2020-01-01T00:00:00Z", {"when": "2020-01-01T00:00:00Z"}),
        ("1: x\ntrue: y", {"1": "x", "true": "y"}),
        ("", None),
        ('{"a": "\\u00e4"}', {"a": "ä"}),
    ],
)
def test_yaml_becomes_what_json_has(text: str, value: Any) -> None:
    """Times stay text, keys are text."""
    assert parse_yaml(text) == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\na: 2", "key 'a' appears twice"),
        ("x: {b: 1, b: 2}", "key 'b' appears twice.*line 1, column 11"),
        ("a: &x 1\nb: *x", "aliases"),
        ("? [a]\n: 1", "not text"),
        ("1.5: x", "not text"),
        ("a: .nan", "JSON"),
        ("a: !!binary aGk=", "JSON"),
        ("a: !!set {x}", "JSON"),
        ("a: !!python/object:os.system x", "could not determine a constructor"),
        ("a: !!bool maybe", "bool.*line 1, column 4"),
        ("a: !!timestamp soon", "line 1"),
        ("a: !!int x", "line 1"),
        ("!!map [a]", "line 1"),
        ("a: [", "line"),
        ("a: 1\n---\nb: 2", "single document"),
        ("\x00", "special characters"),
        ("[" * 5000, "."),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_could_be_misread_is_refused(text: str, message: str) -> None:
    """The message is one line, and has the place where YAML knows it."""
    with pytest.raises(ValueError, match=message) as caught:
        parse_yaml(text)
    assert "\n" not in str(caught.value)


def test_many_documents() -> None:
    """Empty ones are left out."""
    assert parse_yaml_documents("a: 1\n---\n---\n- 2\n---\n# nothing\n") == [{"a": 1}, [2]]


def test_many_documents_are_as_strict_as_one() -> None:
    """Also the last document is checked."""
    with pytest.raises(ValueError, match="twice"):
        parse_yaml_documents("a: 1\n---\nb: 1\nb: 2\n")


@pytest.mark.parametrize("text", [b"", b"{", b"NaN", b"[Infinity]", b'"\\ud800"', b"[" * 100_000, b"\xff"])
def test_what_is_no_json(text: bytes) -> None:
    """Constants that JSON has not, lone surrogates and endless nesting are refused like any garbage."""
    with pytest.raises(ValueError, match=r"."):
        parse_json(text)


@given(value=st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_json_comes_back(value: Any) -> None:
    """What json.dumps writes is read."""
    assert parse_json(json.dumps(value).encode()) == value


@given(text=st.binary(max_size=60))
def test_garbage_is_a_value_error_or_a_value(text: bytes) -> None:
    """No bytes cause another exception, and what comes out can be written as JSON."""
    for parse in (parse_yaml, parse_json):
        with contextlib.suppress(ValueError):
            json.dumps(parse(text), allow_nan=False)
