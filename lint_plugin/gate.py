"""Tells from the bytes of a file whether it can break a rule at all; most cannot, and need not be parsed.

A finding needs the name of a sealed module or of the facade in the text, or the name of something that imports, finds
or runs modules by name, beside traces of a name that is put together from pieces (``lint_plugin.evidence``). Both can
only be written with their letters, or with other characters that Python normalises to them (PEP 3131), or in an
encoding that hides them, which a cookie must announce (PEP 263).
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from functools import lru_cache

from lint_plugin.marks import WORDS, patterns
from lint_plugin.settings import Settings
from lint_plugin.vocabulary import SPAN_STARTS, VENDORS

_COOKIE = rb"(?m)^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)"
# Setuptools takes the requirements out of another file.
_REQUIREMENTS_IN_FILE = rb"dependencies(?:[^\S\n]*=[^\S\n]*\{|\.\w+[^\S\n]*=[^\S\n]*\{|[\w.]*\])[^}\[]*\bfile[^\S\n]*="
_ASCII = bytes(range(128))
# Encodings in which ASCII letters are what they seem.
_PLAIN = frozenset({"utf-8", "ascii", "iso8859-1", "iso8859-15", "cp1252", "koi8-r", "cp1251"})


def may_matter(data: bytes, settings: Settings) -> bool:
    """Tell whether a file can break a rule at all."""
    if _may_matter(data, settings):
        return True
    if not data.isascii() and _has_other_letters(data):
        text = unicodedata.normalize("NFKC", data.decode("utf-8", "replace"))
        if _may_matter(text.encode(), settings):
            return True
    return hides_letters(data)


def _has_other_letters(data: bytes) -> bool:
    """Tell whether a text has characters that Python normalises to ASCII letters; each is normalised by itself."""
    others = "".join(set(data.translate(None, _ASCII).decode("utf-8", "replace")))
    found = unicodedata.normalize("NFKC", others)
    return any(letter.isascii() and (letter.isalnum() or letter == "_") for letter in found)


def manifest_may_matter(path: str, data: bytes, settings: Settings) -> bool:
    """Tell whether a file that declares requirements can break a rule; distributions are spelled in several ways."""
    if settings.strict or settings.rules or any(escape in data for escape in (b"\\u", b"\\U", b"\\x")):
        return True
    if path.endswith((".txt", ".in")) and (b"-r" in data or b"-c" in data):
        # It includes others.
        return True
    if path.endswith("pyproject.toml") and b"setuptools" in data and re.search(_REQUIREMENTS_IN_FILE, data):
        return True
    text = data.lower().translate(None, b"-_.")
    return any(name.translate(None, b"-_.") in text for name in _names(settings))


def _may_matter(data: bytes, settings: Settings) -> bool:
    if any(word in data for word in words_for(settings)):
        return True
    if not marked(data):
        return False
    from lint_plugin.evidence import SMALL, has_traces

    # What cannot be decided needs no trace.
    return settings.strict or len(data) <= SMALL or has_traces(data, _names(settings))


@lru_cache(maxsize=64)
def _names(settings: Settings) -> tuple[bytes, ...]:
    return tuple(sorted({module.partition(".")[0].encode() for module in (*settings.sealed, settings.facade)}))


@lru_cache(maxsize=64)
def words_for(settings: Settings) -> tuple[bytes, ...]:
    """Return the words of which a file holds one, unless it only loads modules by name."""
    names = {module.partition(".")[0] for module in settings.sealed} | {settings.facade}
    if settings.strict:
        names |= SPAN_STARTS | {vendor.partition(".")[0] for vendor in VENDORS} | {"TRF"}
    if settings.rules:
        from lint_plugin.rule import all_rules

        names |= {word for found in all_rules(settings.rules) for word in found.rule.words}
    return tuple(sorted(name.encode() for name in names))


def marked(data: bytes) -> bool:
    """Tell whether a text names something that loads modules by name."""
    return any(word in data for word in WORDS) or any(pattern.search(data) for pattern in patterns())


def hides_letters(data: bytes) -> bool:
    """Tell whether a cookie announces an encoding in which ASCII letters may be written otherwise."""
    end = data.find(b"\n", data.find(b"\n") + 1)
    head = data[:end] if end > 0 else data
    if b"coding" not in head:
        return False
    found = re.search(_COOKIE, b"\n".join(head.splitlines()[:2]))
    if found is None:
        return False
    try:
        return codecs.lookup(found[1].decode("ascii")).name not in _PLAIN
    except (LookupError, ValueError):
        return True
