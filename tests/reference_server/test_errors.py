"""Errors as Kubernetes' Status objects."""

from __future__ import annotations

import pytest

from reference_server import errors
from reference_server.errors import Cause, Invalid, StartupError, StatusError

KINDS = [
    (errors.BadRequest("m"), 400, "BadRequest"),
    (errors.Unauthorized(), 401, "Unauthorized"),
    (errors.Forbidden("m"), 403, "Forbidden"),
    (errors.NotFound("m"), 404, "NotFound"),
    (errors.MethodNotAllowed("m"), 405, "MethodNotAllowed"),
    (errors.NotAcceptable("m"), 406, "NotAcceptable"),
    (errors.AlreadyExists("m"), 409, "AlreadyExists"),
    (errors.Conflict("m"), 409, "Conflict"),
    (errors.RequestEntityTooLarge("m"), 413, "RequestEntityTooLarge"),
    (errors.UnsupportedMediaType("m"), 415, "UnsupportedMediaType"),
    (errors.Invalid("m"), 422, "Invalid"),
    (errors.TooManyRequests("m"), 429, "TooManyRequests"),
    (errors.InternalError("m"), 500, "InternalError"),
]


@pytest.mark.parametrize(("error", "code", "reason"), KINDS, ids=lambda value: type(value).__name__)
def test_code_and_reason(error: StatusError, code: int, reason: str) -> None:
    """Each error is a failure Status whose code and reason clients can act on."""
    status = error.status()
    assert (status["kind"], status["apiVersion"], status["status"]) == ("Status", "v1", "Failure")
    assert (status["code"], status["reason"], status["message"]) == (code, reason, error.message)


def test_the_table_names_every_error() -> None:
    """The tree at the top of the module and this test know the same classes."""
    named = {type(error) for error, _, _ in KINDS}
    assert named == {kind for kind in StatusError.__subclasses__() if kind.__module__ == errors.__name__}
    assert errors.__doc__
    assert all(kind.__name__ in errors.__doc__ for kind in named)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (errors.NotFound.object("nodes", "a"), 'nodes "a" not found'),
        (errors.AlreadyExists.object("nodes", "a"), 'nodes "a" already exists'),
        (errors.Conflict.object("nodes", "a", "why"), 'Operation cannot be fulfilled on nodes "a": why'),
    ],
)
def test_errors_about_an_object_name_it(error: StatusError, message: str) -> None:
    """People read the message, programs the details."""
    assert error.message == message
    assert error.status()["details"] == {"name": "a", "kind": "nodes"}


def test_invalid_lists_every_cause() -> None:
    """One answer says everything that is wrong; one problem is not put in brackets."""
    one = Invalid.object("Node", "a", [Cause("x", "bad")])
    two = Invalid.object("Node", "a", [Cause("x", "bad"), Cause("y", "worse", "FieldValueTooLong")])
    assert one.message == 'Node "a" is invalid: x: bad'
    assert two.message == 'Node "a" is invalid: [x: bad, y: worse]'
    assert two.details["causes"][1] == {"field": "y", "message": "worse", "reason": "FieldValueTooLong"}


def test_headers_belong_to_the_answer() -> None:
    """A client learns how to authenticate, what is allowed, and when to come back."""
    assert errors.Unauthorized().headers["WWW-Authenticate"].startswith("Bearer")
    assert errors.MethodNotAllowed("m", ["PUT", "GET"]).headers == {"Allow": "GET, PUT"}
    busy = errors.TooManyRequests("m", 3)
    assert busy.headers == {"Retry-After": "3"}
    assert busy.status()["details"] == {"retryAfterSeconds": 3}


def test_a_startup_error_has_one_line_per_problem() -> None:
    """The source stands above its problems."""
    assert str(StartupError("file", ["one", "two"])) == "file:\n  one\n  two"
