"""URLs without what is secret in them: query values, fragments and credentials."""

from __future__ import annotations

from collections.abc import Collection

REDACTED = "REDACTED"
_MOST_CHARACTERS = 2_048


def redacted_query(query: str, allowed: Collection[str] = ()) -> str:
    """Return a query string whose values are ``REDACTED``, except those of the allowed parameters.

    A part without ``=`` may be a secret as a whole, so it is redacted as a whole. At most 2,048 characters are kept.
    """
    parts = (_redacted_part(part, allowed) for part in query[:_MOST_CHARACTERS].replace(";", "&").split("&"))
    return "&".join(parts)


def redacted_fragment(fragment: str) -> str:
    """Return a fragment as ``redacted_query`` returns a query: it can hold the same, and no server ever needs it."""
    return redacted_query(fragment)


def redacted_url(url: str, allowed: Collection[str] = ()) -> str:
    """Return a URL, absolute or relative, without credentials and fragment, and with a redacted query."""
    if "?" not in url and "@" not in url and "#" not in url:
        return url[:_MOST_CHARACTERS]
    head, _, _ = url.partition("#")
    head, question, query = head.partition("?")
    scheme, separator, rest = head.partition("://")
    if head.startswith("//"):
        scheme, separator, rest = "", "//", head[2:]
    if separator:
        authority, slash, path = rest.partition("/")
        if "@" in authority:
            authority = f"{REDACTED}:{REDACTED}@{authority.rpartition('@')[2]}"
        head = f"{scheme}{separator}{authority}{slash}{path}"
    head = head[:_MOST_CHARACTERS]
    return f"{head}?{redacted_query(query, allowed)}" if question and query else head


def _redacted_part(part: str, allowed: Collection[str]) -> str:
    name, equals, value = part.partition("=")
    if not equals:
        return REDACTED if part else part
    return part if name in allowed else f"{name}={REDACTED}" if value else part
