"""The ``tracestate`` header (W3C Trace Context level 2, "Tracestate Header")."""

from __future__ import annotations

import re
from collections.abc import Iterable

MOST_MEMBERS = 32
MOST_CHARACTERS = 512
LONG_MEMBER = 128

_OPTIONAL_WHITESPACE = " \t"

# Keys: a lower-case letter or digit, then at most 255 more characters, which level 2 lets be "@" anywhere. Values: at
# most 256 printable ASCII characters without comma and equals sign, not ending in a space.
_MEMBER = re.compile(
    r"([a-z0-9][a-z0-9_\-*/@]{0,255})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]\Z",
    re.ASCII,
)


def parse_tracestate(values: Iterable[str]) -> str:
    """Combine the values of all ``tracestate`` headers, in order.

    Args:
        values: header values as received.

    Returns:
        The list as one header value without empty members and optional white space. Of members with the same key
        the first stays, which is the most recent. Empty when any member is illegal or there are more than 32: the
        whole header is discarded then ("Processing Model"). A list of over 512 characters loses its long members
        (over 128 characters) first and then its last ones ("tracestate Limits").
    """
    members: dict[str, str] = {}
    for count, member in enumerate(_members(values)):
        found = _MEMBER.match(member)
        if found is None or count >= MOST_MEMBERS:
            return ""
        members.setdefault(found[1], member)
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
