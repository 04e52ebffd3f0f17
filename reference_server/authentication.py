"""Who is asking: bearer tokens from a file in the format of Kubernetes' ``--token-auth-file``."""

from __future__ import annotations

import csv
import hashlib
import hmac
import secrets
from collections.abc import Iterable

from reference_server.errors import StartupError
from reference_server.users import ANONYMOUS, AUTHENTICATED_GROUP, User


class InvalidCredentials(Exception):
    """The request has credentials, and they belong to nobody."""


class TokenAuthenticator:
    """Finds the user a bearer token belongs to, in the same time whether it is almost right or all wrong.

    Args:
        users: users by token.
    """

    def __init__(self, users: dict[str, User]) -> None:
        # What is looked up is a keyed hash under a key nobody knows, so how long the look-up takes tells nothing
        # about the token, and the tokens themselves do not stay in memory.
        self._key = secrets.token_bytes(32)
        self._users = {self._digest(token): user for token, user in users.items()}

    def authenticate(self, authorization: str | None) -> User:
        """Return the user that the value of the ``Authorization`` header stands for.

        Raises:
            InvalidCredentials: the header is there, but no bearer token of ours.
        """
        if not authorization:
            return ANONYMOUS
        scheme, _, token = authorization.strip().partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise InvalidCredentials("the Authorization header is not of the form `Bearer TOKEN`")
        user = self._users.get(self._digest(token.strip()))
        if user is None:
            raise InvalidCredentials("the bearer token belongs to nobody")
        return user

    def _digest(self, token: str) -> bytes:
        return hmac.new(self._key, token.encode("utf-8", "surrogateescape"), hashlib.sha256).digest()


def load_tokens(path: str) -> dict[str, User]:
    """Return the users in a token file, by token.

    Each line is ``token,user,uid`` and, optionally, ``"group1,group2"``.

    Raises:
        StartupError: the file cannot be read, or lines are wrong; it lists them all, without their tokens.
    """
    try:
        with open(path, encoding="utf-8", newline="") as file:
            rows = [(number, row) for number, row in enumerate(csv.reader(file), start=1) if row]
    except (OSError, UnicodeError, csv.Error) as error:
        raise StartupError(path, [f"cannot be read: {error}"]) from error
    problems: list[str] = []
    users: dict[str, User] = {}
    for number, row in rows:
        columns = [column.strip() for column in row]
        if columns[0].startswith("#"):
            continue
        problem = _problem(columns, users)
        if problem:
            problems.append(f"line {number}: {problem}")
        else:
            users[columns[0]] = _user(columns)
    if problems:
        raise StartupError(path, problems)
    return users


def _problem(columns: list[str], users: Iterable[str]) -> str:
    if len(columns) not in (3, 4):
        return f'has {len(columns)} columns; write token,user,uid or token,user,uid,"group1,group2"'
    if not columns[0] or not columns[1]:
        return "token and user must not be empty"
    if columns[0] in users:
        return "the token is the same as in an earlier line; every token belongs to one user"
    return ""


def _user(columns: list[str]) -> User:
    groups = [group.strip() for group in columns[3].split(",")] if len(columns) == 4 else []
    # The server says who is authenticated; a file that says so too must not count twice.
    named = [group for group in groups if group and group != AUTHENTICATED_GROUP]
    return User(columns[1], columns[2], (*named, AUTHENTICATED_GROUP))
