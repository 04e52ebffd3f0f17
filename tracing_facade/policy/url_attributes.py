"""Which attributes hold a URL or a part of one: there everything may be secret, however innocent its name is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Set
from typing import Any

from tracing_facade.policy.url_redaction import redacted_fragment, redacted_query, redacted_url

Redact = Callable[[str, Collection[str]], str]

# By their names in the semantic conventions, and by those that they had before.
_URLS = (
    "url.full", "url.original", "http.url", "http.target",
    "http.request.header.referer", "http.response.header.location", "http.response.header.content-location",
    "http.response.header.content_location",
)  # fmt: skip

REDACTIONS: dict[str, Redact] = {
    **dict.fromkeys(_URLS, redacted_url),
    "url.query": redacted_query,
    "url.fragment": lambda fragment, _: redacted_fragment(fragment),
}
"""By the key of an attribute, what redacts its text as the URL or part that it is."""

_NO_TEXTS = (bool, int, float, Mapping, Set)


def redacted_part(redact: Redact, value: Any, allowed: Collection[str]) -> Any:
    """Return the value of such an attribute, or each item of a list, redacted; the same object when nothing is to do.

    Args:
        redact: one of ``REDACTIONS``.
        value: of any type.
        allowed: query parameters whose values may stay.

    Raises:
        Exception: whatever an object raises whose text is asked for.
    """
    if isinstance(value, (list, tuple)):
        return tuple(redacted_part(redact, item, allowed) for item in value)
    if value is None or isinstance(value, _NO_TEXTS):
        return value
    text = _text_of(value)
    redacted = redact(text, allowed)
    return value if redacted == text else redacted


def _text_of(value: Any) -> str:
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).decode("latin-1")
    return str(value)
