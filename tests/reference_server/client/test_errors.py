"""Errors in kubectl's words."""

from __future__ import annotations

from typing import Any

import pytest

from reference_server.client.errors import ServerRefused, explain
from reference_server.errors import Cause, Conflict, Forbidden, Invalid, NotFound, StatusError


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NotFound.object("nodes", "a"), 'Error from server (NotFound): nodes "a" not found'),
        (Forbidden("nodes is forbidden"), "Error from server (Forbidden): nodes is forbidden"),
        (
            Conflict.object("nodes", "a", "why"),
            'Error from server (Conflict): Operation cannot be fulfilled on nodes "a": why',
        ),
        (Invalid.object("Node", "a", [Cause("x", "bad")]), 'The Node "a" is invalid: x: bad'),
        (
            Invalid.object("Node", "a", [Cause("x", "bad"), Cause("y", "worse")]),
            'The Node "a" is invalid: \n* x: bad\n* y: worse',
        ),
        (Invalid("no causes"), "Error from server (Invalid): no causes"),
    ],
)
def test_the_words(error: StatusError, words: str) -> None:
    """People who know kubectl know what is meant."""
    assert explain(error.code, error.status()) == words


def test_a_missing_token_says_what_to_do() -> None:
    """In addition to what kubectl says."""
    words = explain(401, {"message": "Unauthorized"})
    assert words.startswith("error: You must be logged in to the server (Unauthorized)")
    assert "--token or REFCTL_TOKEN" in words


@pytest.mark.parametrize("status", [{}, {"details": 7}, {"details": {"causes": "x"}}, {"details": {"causes": [1]}}])
def test_odd_answers_are_told_too(status: dict[str, Any]) -> None:
    """Whatever is missing."""
    assert explain(422, status)


def test_what_was_being_done_comes_first() -> None:
    """But not before what is about the object or the login alone."""
    refused = ServerRefused(404, NotFound("gone").status())
    assert str(refused.while_doing('error when creating "f"')) == (
        'Error from server (NotFound): error when creating "f": gone'
    )
    invalid = ServerRefused(422, Invalid.object("Node", "a", [Cause("x", "bad")]).status())
    assert invalid.while_doing("anything") is invalid
