"""Request bodies."""

from __future__ import annotations

import io
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from reference_server.bodies import LIMIT, decode_object, read_body
from reference_server.errors import BadRequest, RequestEntityTooLarge, StatusError, UnsupportedMediaType


def _request(body: bytes, length: int | None = None) -> Request:
    environ = EnvironBuilder(method="POST").get_environ()
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body) if length is None else length)
    return Request(environ)


def test_the_whole_body_is_read() -> None:
    """Up to the limit, which is Kubernetes'."""
    body = b"x" * LIMIT
    assert read_body(_request(body)) == body


@pytest.mark.parametrize(
    ("body", "length", "error"),
    [(b"x", LIMIT + 1, RequestEntityTooLarge), (b"short", 10, BadRequest)],
    ids=["too large", "ended early"],
)
def test_bodies_that_are_refused(body: bytes, length: int, error: type[StatusError]) -> None:
    """One that is too long is not read; one that ends early is not taken for a complete one."""
    with pytest.raises(error):
        read_body(_request(body, length))


@pytest.mark.parametrize("length", [None, 5], ids=["no length", "a length beside it"])
@pytest.mark.parametrize("beyond", [1, LIMIT])
def test_a_chunked_body_over_the_limit_is_not_cut(beyond: int, length: int | None) -> None:
    """What is within the limit may be a whole object by itself, so nothing of such a body may be used."""
    request = _request(b"x" * (LIMIT + beyond), length)
    request.environ.update({"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "Chunked"})
    if length is None:
        del request.environ["CONTENT_LENGTH"]
    with pytest.raises(RequestEntityTooLarge):
        read_body(request)


@pytest.mark.parametrize(
    ("media_type", "body"),
    [("", b'{"a": 1}'), ("application/json", b'{"a": 1}'), ("application/yaml", b"a: 1")],
)
def test_forms(media_type: str, body: bytes) -> None:
    """JSON is the default."""
    assert decode_object(body, media_type) == {"a": 1}


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "application/x-www-form-urlencoded"])
def test_other_forms_are_refused(media_type: str) -> None:
    """The message has what was sent and what is accepted."""
    with pytest.raises(UnsupportedMediaType, match=f"application/json.*{media_type}"):
        decode_object(b"{}", media_type)


@pytest.mark.parametrize(
    ("media_type", "body", "message"),
    [
        ("application/json", b"{", "cannot be read as JSON"),
        ("application/yaml", b"a: 1\na: 2", "cannot be read as YAML: .*twice"),
        ("application/vnd.kubernetes.protobuf", b"{}", "cannot be read as protobuf"),
    ],
)
def test_bodies_that_cannot_be_parsed(media_type: str, body: bytes, message: str) -> None:
    """The message says in which form they were read."""
    with pytest.raises(BadRequest, match=message):
        decode_object(body, media_type)


def test_values_that_are_no_objects_are_the_callers_business() -> None:
    """Decoding does not judge."""
    value: Any = decode_object(b"[1]", "application/json")
    assert value == [1]
