"""What can go wrong for the user of refctl, in kubectl's words.

::

    RefctlError             the message is all that the user needs
    ├── ServerRefused       the server answered with an error
    └── ServerUnreachable   there was no answer
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class RefctlError(Exception):
    """Something that the user has to know; the message is what is shown."""


class ServerUnreachable(RefctlError):
    """The server did not answer."""


class ServerRefused(RefctlError):
    """The server's answer is an error.

    Args:
        code: the HTTP status.
        status: the ``Status`` object of the answer.
    """

    def __init__(self, code: int, status: Mapping[str, Any]) -> None:
        self.code = code
        self.status = status
        super().__init__(explain(code, status))

    def while_doing(self, what: str) -> RefctlError:
        """Return this error for a message that says what was being done, such as ``error when creating "f.yaml"``."""
        if self.code in (401, 422):
            return self
        return RefctlError(_from_server(self.status, f"{what}: "))


def explain(code: int, status: Mapping[str, Any]) -> str:
    """Return an error answer as kubectl words it.

    Args:
        code: the HTTP status.
        status: the ``Status`` object of the answer; fields may be missing.
    """
    if code == 401:
        return (
            "error: You must be logged in to the server (Unauthorized); "
            "give a token that it knows with --token or REFCTL_TOKEN"
        )
    details = status.get("details")
    causes = details.get("causes") if isinstance(details, dict) else None
    if code == 422 and isinstance(details, dict) and isinstance(causes, list) and causes:
        return _invalid(details, causes)
    return _from_server(status)


def _from_server(status: Mapping[str, Any], doing: str = "") -> str:
    reason = status.get("reason")
    return f"Error from server{f' ({reason})' if reason else ''}: {doing}{status.get('message') or 'without a message'}"


def _invalid(details: dict[str, Any], causes: list[Any]) -> str:
    told = [f"{cause.get('field')}: {cause.get('message')}" for cause in causes if isinstance(cause, dict)]
    subject = f'The {details.get("kind")} "{details.get("name")}" is invalid: '
    return subject + (told[0] if len(told) == 1 else "".join(f"\n* {line}" for line in told))
