"""Who may be asking: users, their groups, and those nobody knows."""

from __future__ import annotations

from dataclasses import dataclass

AUTHENTICATED_GROUP = "system:authenticated"
UNAUTHENTICATED_GROUP = "system:unauthenticated"
MASTERS_GROUP = "system:masters"
MONITORING_GROUP = "system:monitoring"

ENVIRON_KEY = "reference_server.user"


@dataclass(frozen=True)
class User:
    """Somebody who may ask.

    Args:
        name: what the audit log and the rules call them.
        uid: stays the same when the name is given to somebody else.
        groups: what they belong to.
    """

    name: str
    uid: str = ""
    groups: tuple[str, ...] = ()


ANONYMOUS = User("system:anonymous", groups=(UNAUTHENTICATED_GROUP,))
"""Whoever shows no credentials at all."""
