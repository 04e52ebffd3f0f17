"""Finds secrets in text by how they look, and replaces them by ``REDACTED``.

Most texts have none, and most of what looks for them needs a word that few texts have; so words are looked for first,
and patterns are tried where a word stands. Too much is redacted rather than too little: text such as
``invalid token: "x"`` loses its ``x``.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from tracing_facade._on_demand import pattern_on_demand
from tracing_facade.policy.cards import redact_cards
from tracing_facade.policy.disguises import undisguised
from tracing_facade.policy.secret_patterns import (
    DETECTORS,
    EMAIL,
    FRAGMENT,
    MOST_CHARACTERS,
    QUERY,
    SECRET_NAME,
    WORDS,
    Detector,
)
from tracing_facade.policy.url_redaction import REDACTED, redacted_fragment, redacted_query, redacted_url

_SECRET_KEY = pattern_on_demand(
    rf"(?i:(?:^|[._\-\s])(?:[a-z0-9]{{0,32}}[_-])?(?:{SECRET_NAME})(?:[_-]?(?:value|header|hash|b64|base64))?$)"
    r"|(?:Password|Secret|Token|ApiKey|Passwd|Credentials?)$"
)
_NOT_SECRET_KEY = pattern_on_demand(
    r"(?i:signature[_.-]?(?:algorithm|version)|session[._]id|token[_.-]?(?:type|count))$"
)
# What stands between a name and its value; without any of it nothing is named.
_SIGNS = pattern_on_demand(r"[=:,%\s<\-]")
_SHORTEST = 4
_SCHEME_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+.-")
_LONGEST_SCHEME = 32
# What identifies one request, and so is another text every time, is none of the secrets that are looked for.
_UUID = pattern_on_demand(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
UUID_CHARACTERS = 36
_URL_REST = pattern_on_demand(r"[^\s\"'`<>\\]*")


class SecretFinder:
    """Redacts what looks secret.

    Args:
        query_allow: names of query parameters whose values may stay in URLs.
        emails: whether e-mail addresses count as secret.
    """

    def __init__(self, query_allow: Collection[str] = (), *, emails: bool = False) -> None:
        self._query_allow = frozenset(query_allow)
        self._emails = emails

    def redact(self, text: str) -> str:
        """Return ``text`` without secrets, cut to 65,536 characters; the same object when there is nothing to do."""
        if len(text) == UUID_CHARACTERS and _UUID.fullmatch(text):
            return text
        if len(text) > MOST_CHARACTERS:
            text = text[:MOST_CHARACTERS]
        found = self._redacted(text)
        if not found.isascii() or "%" in found or "&" in found or "\\" in found or "\0" in found:
            plain = undisguised(found)
            if plain is not found and plain != found:
                redacted = self._redacted(plain)
                found = found if redacted == plain else redacted
        return text if found == text else found

    def _redacted(self, text: str) -> str:
        found = text
        if "://" in found:
            found = self._urls(found)
        if "?" in found:
            found = QUERY.sub(lambda match: f"?{redacted_query(match[1].partition('#')[0], self._query_allow)}", found)
        if "#" in found:
            found = FRAGMENT.sub(lambda match: f"#{redacted_fragment(match[1])}", found)
        if len(found) >= _SHORTEST:
            named = _SIGNS.search(found) is not None and _has_one_of(WORDS, found.lower())
            for detector in DETECTORS:
                if (named or not detector.named) and len(found) >= detector.shortest:
                    found = _applied(detector, found)
        if self._emails and "@" in found:
            found = EMAIL.sub(REDACTED, found)
        return redact_cards(found)

    def _urls(self, text: str) -> str:
        parts: list[str] = []
        done = 0
        at = text.find("://")
        while at >= 0:
            start = at
            while start > max(done, at - _LONGEST_SCHEME) and text[start - 1] in _SCHEME_LETTERS:
                start -= 1
            end = at + 3
            if start < at:
                rest = _URL_REST.match(text, end)
                end = rest.end() if rest else end
                parts += (text[done:start], redacted_url(text[start:end], self._query_allow))
                done = end
            at = text.find("://", end)
        return "".join((*parts, text[done:]))


def _applied(detector: Detector, text: str) -> str:
    if detector.signs and not _has_one_of(detector.signs, text):
        return text
    if not detector.words:
        return detector.pattern.sub(_without_secret, text)
    searched = text if detector.exact else text.lower()
    if len(searched) != len(text):  # a few letters of other scripts become two
        return detector.pattern.sub(_without_secret, text)
    places = _places(detector.words, searched)
    return _replaced_at(places, detector.pattern, text) if places else text


def _replaced_at(places: list[int], pattern: re.Pattern[str], text: str) -> str:
    parts: list[str] = []
    done = 0
    for place in places:
        match = pattern.match(text, place) if place >= done else None
        if match is not None:
            parts += (text[done:place], _without_secret(match))
            done = match.end()
    return "".join((*parts, text[done:])) if parts else text


def _without_secret(match: re.Match[str]) -> str:
    groups = match.groupdict()
    before = groups.get("before") or groups.get("user") or ""
    return f"{before}{groups.get('quote') or ''}{REDACTED}"


def _places(words: tuple[str, ...], text: str) -> list[int]:
    """Return where one of the words stands, from left to right."""
    places: list[int] = []
    for word in words:
        if word in text:
            place = text.find(word)
            while place >= 0:
                places.append(place)
                place = text.find(word, place + 1)
    places.sort()
    return places


def _has_one_of(words: tuple[str, ...], text: str) -> bool:
    for word in words:  # noqa: SIM110  # twice as fast as any()
        if word in text:
            return True
    return False


def names_a_secret(key: str) -> bool:
    """Tell whether the values of an attribute or header with this name are secret as a whole."""
    if not key.isascii():
        key = undisguised(key)
    return _SECRET_KEY.search(key) is not None and _NOT_SECRET_KEY.search(key) is None
