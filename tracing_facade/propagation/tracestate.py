"""The ``tracestate`` header (W3C Trace Context level 2, section 3.3)."""

from __future__ import annotations

import re
from collections.abc import Iterable

MOST_MEMBERS = 32
MOST_CHARACTERS = 512
LONG_MEMBER = 128

_OPTIONAL_WHITESPACE = " \t"

# Keys: a lower-case letter or digit, then at most 255 more characters; the form with "@" is a tenant of at most 241
# and a system of at most 14 that starts with a letter. Values: at most 256 printable ASCII characters without comma
# and equals sign, not ending in a space.
_MEMBER = re.compile(
    r"(?P<key>[a-z0-9][a-z0-9_\-*/]{0,255}|[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13})"
    r"=(?P<value>[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e])\Z",
    re.ASCII,
)


def parse_tracestate(values: Iterable[str]) -> str:
    """Combine the values of all ``tracestate`` headers, in order.

    Args:
        values: header values as received.

    Returns:
        The list as one header value without empty members and optional white space. Empty when any member is
        illegal, a key occurs twice or there are more than 32 members: the specification then discards the whole
        header. A list of over 512 characters loses its long members (over 128 characters) first and then its last
        ones (section 3.3.1.5).
    """
    members: dict[str, str] = {}
    for member in _members(values):
        found = _MEMBER.match(member)
        if found is None or found["key"] in members or len(members) >= MOST_MEMBERS:
            return ""
        members[found["key"]] = member
    return ",".join(_fitting(list(members.values())))


def _members(values: Iterable[str]) -> Iterable[str]:
    for value in values:
        for member in value.split(","):
            stripped = member.strip(_OPTIONAL_WHITESPACE)
            if stripped:
                yield stripped


def _fitting(members: list[str]) -> list[str]:
    if _length(members) <= MOST_CHARACTERS:
        return members
    kept = list(members)
    for member in reversed(members):
        if _length(kept) > MOST_CHARACTERS and len(member) > LONG_MEMBER:
            kept.remove(member)
    while _length(kept) > MOST_CHARACTERS:
        kept.pop()
    return kept


def _length(members: list[str]) -> int:
    return sum(map(len, members)) + max(len(members) - 1, 0)
