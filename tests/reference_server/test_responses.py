"""Answers in the form that the client accepts."""

from __future__ import annotations

import json

import pytest
import yaml
from werkzeug.test import EnvironBuilder

from reference_server.errors import NotAcceptable, NotFound, TooManyRequests
from reference_server.responses import JSON, YAML, negotiate, object_response, status_response


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", JSON),
        ("application/json", JSON),
        ("*/*", JSON),
        ("application/yaml", YAML),
        ("application/yaml;q=0.5, application/json", JSON),
        ("text/html, application/*;q=0.1", JSON),
        ("application/vnd.kubernetes.protobuf, */*", JSON),
        ("application/json;as=Table;v=v1;g=meta.k8s.io,application/json", JSON),
    ],
)
def test_negotiation(accept: str, media_type: str) -> None:
    """The best of what both sides know; kubectl's wishes among them."""
    assert negotiate(accept) == media_type


@pytest.mark.parametrize("accept", ["text/html", "application/json;q=0", "application/vnd.kubernetes.protobuf"])
def test_clients_that_want_something_else(accept: str) -> None:
    """The message has both sides."""
    with pytest.raises(NotAcceptable, match=JSON):
        negotiate(accept)


def test_objects_as_json_and_yaml() -> None:
    """Both have the same value; text is UTF-8, not escapes."""
    value = {"a": "ä", "b": [1]}
    as_json, as_yaml = object_response(value, JSON), object_response(value, YAML, code=201)
    assert json.loads(as_json.get_data()) == yaml.safe_load(as_yaml.get_data()) == value
    assert "ä".encode() in as_json.get_data()
    assert "ä".encode() in as_yaml.get_data()
    assert (as_json.status_code, as_yaml.status_code) == (200, 201)
    assert as_yaml.headers["Content-Type"] == YAML


def test_warnings_are_headers_that_nothing_can_break_out_of() -> None:
    """Quotes are escaped, and what is no printable ASCII cannot end the header."""
    response = object_response({}, JSON, warnings=['a "b" \\', "line\r\nSet-Cookie: x", "ä"])
    assert response.headers.getlist("Warning") == [
        '299 - "a \\"b\\" \\\\"', '299 - "line  Set-Cookie: x"', '299 - "\\xe4"'
    ]  # fmt: skip
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize(("accept", "media_type"), [("application/yaml", YAML), ("text/html", JSON), ("", JSON)])
def test_errors_are_told_in_any_case(accept: str, media_type: str) -> None:
    """A client that accepts nothing of ours still gets its error, as JSON."""
    environ = EnvironBuilder(headers=[("Accept", accept)] if accept else []).get_environ()
    response = status_response(NotFound.object("nodes", "a"), environ)
    assert (response.status_code, response.headers["Content-Type"]) == (404, media_type)
    assert yaml.safe_load(response.get_data())["reason"] == "NotFound"


def test_the_headers_of_an_error_are_sent() -> None:
    """Among them when to come back."""
    assert status_response(TooManyRequests("busy", 3), {}).headers["Retry-After"] == "3"
