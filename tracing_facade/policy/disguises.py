"""Undoes what hides a secret from whoever looks for it: look-alike and invisible letters, escapes of other formats."""

from __future__ import annotations

import re

from tracing_facade._on_demand import pattern_on_demand

_INVISIBLE = pattern_on_demand(
    "[\0\u00ad\u0300-\u036f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_CYRILLIC = dict(zip("аеорсухіѕјһԁԛԝкмтнвАВЕКМНОРСТУХІЅЈ", "aeopcyxisjhdqwkmthbABEKMHOPCTYXISJ", strict=True))
_GREEK = dict(zip("αορντικυχεΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aopvtikuxeABEZHIKMNOPTYX", strict=True))
_SIGNS = {"\u0131": "i", "\u02f8": ":", "\u2236": ":", "\ua789": ":"}
_LOOK_ALIKES = str.maketrans({**_CYRILLIC, **_GREEK, **_SIGNS})
_ESCAPED = pattern_on_demand(r"\\{1,8}(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([nrt]))")
_BLANKS = {"n": "\n", "r": "\r", "t": "\t"}
_PERCENT = pattern_on_demand(r"%[0-9a-fA-F]{2}")
_ENTITY = pattern_on_demand(r"&(?:#x?[0-9a-fA-F]{1,6}|quot|amp|apos|lt|gt|colon|equals);")
_MOST_LAYERS = 3


def undisguised(text: str) -> str:
    """Return the text as a reader or the next program understands it; the same object when that is the text itself.

    Undone are, up to three layers deep, percent-encoding, HTML entities and escapes with a backslash; letters of other
    scripts and forms that look like Latin ones; and characters that nobody sees, the zeros of UTF-16 among them.
    """
    plain = text
    for _ in range(_MOST_LAYERS):
        before = plain
        if "%" in plain and _PERCENT.search(plain):
            from urllib.parse import unquote_plus  # not at the top, like the others: few texts need it

            plain = unquote_plus(plain, errors="replace")
        if "&" in plain and _ENTITY.search(plain):
            from html import unescape

            plain = unescape(plain)
        if "\\" in plain:
            plain = _ESCAPED.sub(_unescaped, plain)
        if plain == before:
            break
    if plain.isascii():
        return plain.replace("\0", "") if "\0" in plain else plain
    from unicodedata import normalize

    return _INVISIBLE.sub("", normalize("NFKD", plain)).translate(_LOOK_ALIKES)


def _unescaped(found: re.Match[str]) -> str:
    digits = found[1] or found[2]
    return chr(int(digits, 16)) if digits else _BLANKS[found[3]]
