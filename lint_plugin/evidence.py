"""Tells whether a text shows any trace of a name that is put together from pieces.

A loader in a file that does not write the sealed name out can still be given it: from pieces, backwards, encoded. All
these leave traces: six letters of the name in a row, some of its pieces as words of their own, or a function that makes
texts out of something else. A small file is always followed, with traces or without, so that what looks like an evasion
to a reader is one to the checker; in a large one, traces decide.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

SMALL = 4_096
"""Bytes; files up to this size are followed without any trace."""

_IN_A_ROW = 6
# Pieces that are common words are no trace by themselves.
_COMMON = frozenset({b"open", b"try", b"met", b"pen", b"trace", b"log", b"fire", b"sent", b"new", b"sky", b"lang"})
# Functions and escapes that make other letters out of those that stand in the text, by what is common to several.
_DECODERS = {
    b"decode": (b"b64decode", b"b32decode", b"b32hexdecode", b"b16decode", b"a85decode", b"b85decode", b"decodebytes"),
    b"hex": (b"unhexlify", b"fromhex"),
    b"bytes": (b"to_bytes", b"bytes("),
    b"utf": (b"utf-16", b"utf16", b"utf_16", b"utf-32", b"utf-7"),
    b"un": (b"unquote", b"unescape(", b"unicode_escape", b"unicode-escape"),
    b"rot": (b"rot13", b"rot_13", b"rot-13"),
    b"chr": (b"chr(", b"chr,"),
    b"zip": (b"zip('", b'zip("'),
    b"\\": (b"\\x", b"\\u00", b"\\U0000", b"\\N{", b"\\1"),
    b"a2b_": (b"a2b_",),
    b"maketrans": (b"maketrans",),
    b"decompress(": (b"decompress(",),
    b"[::": (b"[::",),
    b"reversed(": (b"reversed(",),
    b"swapcase": (b"swapcase",),
    b"literal_eval": (b"literal_eval",),
    b"bytearray(": (b"bytearray(",),
}

# Letters as they are, small; everything else as a space.
_LETTERS = bytes(byte | 32 if chr(byte).isalpha() and byte < 128 else 32 for byte in range(256))
_SHORT_TEXTS = re.compile(rb"['\"]([a-z]{1,2})['\"]").findall


class _Traces(NamedTuple):
    """What one name leaves.

    Args:
        rows: several of its letters in a row, forwards and backwards.
        pieces: parts of it that are words by themselves.
        parts: all parts of one or two letters.
        letters: the first of its letters, each as a word.
        spaced: finds it with the same few characters between its first letters.
        mixed: finds it with the same letter between its first letters.
        changed: find it with another character in place of one of its letters.
    """

    rows: tuple[bytes, ...]
    pieces: frozenset[bytes]
    parts: frozenset[bytes]
    letters: frozenset[bytes]
    spaced: re.Pattern[bytes]
    mixed: re.Pattern[bytes]
    changed: tuple[re.Pattern[bytes], ...]


def has_traces(data: bytes, names: tuple[bytes, ...]) -> bool:
    """Tell whether a text shows a trace of any of these names, which it does not write out."""
    if any(part in data and any(decoder in data for decoder in found) for part, found in _DECODERS.items()):
        return True
    text = data.lower()
    words = set(data.translate(_LETTERS).split())
    return any(_leaves(_traces_of(name.lower()), text, words) for name in names)


def _leaves(traces: _Traces, text: bytes, words: set[bytes]) -> bool:
    if not traces.pieces.isdisjoint(words):
        return True
    # Every word once, which is much less than the text.
    listed = b" ".join(words)
    if any(row in listed for row in traces.rows) or traces.mixed.search(listed):
        return True
    parts = set(_SHORT_TEXTS(text)) & traces.parts
    if len(parts) >= 6 or sum(len(part) == 2 for part in parts) >= 3:
        return True
    if traces.letters <= words and traces.spaced.search(text):
        return True
    return any(pattern.search(text) for pattern in traces.changed)


@lru_cache(maxsize=64)
def _traces_of(name: bytes) -> _Traces:
    size = len(name)
    row = min(_IN_A_ROW, max(size - 2, 3))
    parts = {name[start:end] for start in range(size) for end in range(start + 1, size + 1)}
    rows = [name[start : start + row] for start in range(size - row + 1)]
    first = [bytes((letter,)) for letter in name[:5]]
    return _Traces(
        rows=(*rows, *(one[::-1] for one in rows)),
        pieces=frozenset(part for part in parts if 3 <= len(part) < row) - _COMMON,
        parts=frozenset(part for part in parts if len(part) <= 2),
        letters=frozenset(first),
        spaced=re.compile(first[0] + rb"(?P<noise>[^a-z]{1,3})" + rb"(?P=noise)".join(first[1:])),
        mixed=re.compile(first[0] + rb"(?P<noise>[a-z])" + rb"(?P=noise)".join(first[1:])),
        changed=tuple(map(re.compile, _with_another_letter(name, row))),
    )


def _with_another_letter(name: bytes, row: int) -> list[bytes]:
    """Return patterns for the name in which every occurrence of one letter is another character.

    Those that leave several letters in a row are found anyway.
    """
    patterns = []
    for letter in sorted({bytes((one,)) for one in name}):
        if max(map(len, name.split(letter))) < row:
            place = name.index(letter)
            rest = name[place + 1 :].replace(letter, b"(?P=other)")
            patterns.append(name[:place] + b"(?P<other>[^a-z])" + rest)
    return patterns
