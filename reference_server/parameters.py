"""The query parameters of the API, checked."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from reference_server.errors import BadRequest
from reference_server.selectors import Matcher, parse_selectors

_FIELD_VALIDATION = ("", "Strict", "Warn", "Ignore")


@dataclass(frozen=True)
class ChangeParameters:
    """How a change is to be made.

    Args:
        dry_run: do everything but store.
        field_validation: what happens to unknown fields: ``Strict``, ``Warn`` (also empty) or ``Ignore``.
    """

    dry_run: bool
    field_validation: str


@dataclass(frozen=True)
class ListParameters:
    """Which part of a list is wanted.

    Args:
        matches: keeps the wanted objects; None keeps all.
        limit: objects at most; 0 for all.
        after: namespace and name of the last object of the page before.
    """

    matches: Matcher | None
    limit: int
    after: tuple[str, str] | None


def read_change_parameters(query: MultiDict[str, str]) -> ChangeParameters:
    """Return how a change is to be made.

    Raises:
        BadRequest: a parameter has a value that does not exist.
    """
    dry_run, field_validation = query.get("dryRun", ""), query.get("fieldValidation", "")
    if dry_run not in ("", "All"):
        raise BadRequest(f"dryRun {dry_run!r} is unknown; use All or leave it out")
    if field_validation not in _FIELD_VALIDATION:
        raise BadRequest(f"fieldValidation {field_validation!r} is unknown; use Strict, Warn or Ignore")
    return ChangeParameters(dry_run == "All", field_validation)


def read_list_parameters(query: MultiDict[str, str]) -> ListParameters:
    """Return which part of a list is wanted.

    Raises:
        BadRequest: a parameter cannot be read.
    """
    limit = query.get("limit", "") or "0"
    if not (limit.isascii() and limit.isdigit() and len(limit) < 10):
        raise BadRequest(f"limit {limit!r} is not a number of objects; give one from 1, or 0 for all")
    matches = parse_selectors(query.get("labelSelector", ""), query.get("fieldSelector", ""))
    return ListParameters(matches, int(limit), _read_continue(query.get("continue", "")))


def make_continue(namespace: str, name: str) -> str:
    """Return the token with which a client asks for the objects behind this one."""
    return base64.urlsafe_b64encode(json.dumps([namespace, name]).encode()).decode()


def _read_continue(token: str) -> tuple[str, str] | None:
    if not token:
        return None
    try:
        namespace, name = json.loads(base64.urlsafe_b64decode(token.encode("ascii")))
        if isinstance(namespace, str) and isinstance(name, str):
            f"{namespace}{name}".encode()  # nothing that is stored has lone surrogates
            return namespace, name
    except (binascii.Error, ValueError, TypeError, RecursionError):
        pass
    raise BadRequest(f"continue {token!r} was not made by this server; start the list again without it")
