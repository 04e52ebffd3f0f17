"""The ``baggage`` header (W3C Baggage, "Baggage HTTP Header Format")."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, unquote

from tracing_facade.propagation.carried import BaggageEntry

MOST_MEMBERS = 64
MOST_BYTES = 8192

_OPTIONAL_WHITESPACE = " \t"
_TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_OCTETS = r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*"
_KEY = re.compile(_TOKEN + r"\Z", re.ASCII)
_VALUE = re.compile(_OCTETS + r"\Z", re.ASCII)
_PROPERTY = re.compile(rf"{_TOKEN}(?:[ \t]*=[ \t]*{_OCTETS})?\Z", re.ASCII)
# What needs no percent-encoding in a value: baggage-octet without the percent sign itself.
_UNQUOTED = "!#$&'()*+-./:<=>?@[]^_`{|}~"


def parse_baggage(values: Iterable[str]) -> dict[str, BaggageEntry]:
    """Combine the values of all ``baggage`` headers.

    Args:
        values: header values as received.

    Returns:
        The entries by key, values percent-decoded (bytes that are no UTF-8 become U+FFFD). Illegal members are
        skipped; a key that occurs again replaces the earlier one. At most 64 members and 8,192 bytes are read.
    """
    entries: dict[str, BaggageEntry] = {}
    left = MOST_BYTES
    for member in (part for value in values for part in value.split(",")):
        left -= len(member) + 1
        if left < -1 or len(entries) >= MOST_MEMBERS:
            break
        parsed = _parse_member(member)
        if parsed is not None:
            entries[parsed[0]] = parsed[1]
    return entries


def format_baggage(entries: Mapping[str, BaggageEntry]) -> str:
    """Return the header value, without keys that are no tokens and without what is over 64 members or 8,192 bytes."""
    members: list[str] = []
    left = MOST_BYTES
    for key, entry in entries.items():
        if not _KEY.match(key):
            continue
        value = quote(entry.value, safe=_UNQUOTED, errors="replace")
        member = f"{key}={value};{entry.properties}" if entry.properties else f"{key}={value}"
        left -= len(member) + (1 if members else 0)
        if left < 0 or len(members) >= MOST_MEMBERS:
            break
        members.append(member)
    return ",".join(members)


def _parse_member(member: str) -> tuple[str, BaggageEntry] | None:
    pair, _, properties = member.partition(";")
    key, equals, value = pair.partition("=")
    key, value = key.strip(_OPTIONAL_WHITESPACE), value.strip(_OPTIONAL_WHITESPACE)
    if not equals or not _KEY.match(key) or not _VALUE.match(value):
        return None
    kept = (part.strip(_OPTIONAL_WHITESPACE) for part in properties.split(";"))
    return key, BaggageEntry(unquote(value), ";".join(_compact(part) for part in kept if _PROPERTY.match(part)))


def _compact(property_: str) -> str:
    name, equals, value = property_.partition("=")
    return name.rstrip(_OPTIONAL_WHITESPACE) + equals + value.lstrip(_OPTIONAL_WHITESPACE)
