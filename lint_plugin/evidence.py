"""Tells whether a text can be the material of a name that it does not write out.

A loader in a file without the sealed name can still be given it, made out of what stands in the file. What is made that
way leaves traces, by how it is made:

* put together, in order, with anything but letters between the pieces, forwards or backwards: then half of the letters
  of the name follow each other once everything else is taken out of the text;
* put together from whole words, in any order and from any place: then the name can be spelled from words of the text;
* cut out of longer words, or freed of other letters: then there is a slice with numbers, a row of numbers, or one of
  the functions that take letters away, and these are seldom used on anything but texts;
* made of something else, by a number, an escape or an encoding: then the function that does it is named.

A file with none of them is not followed. A small one always is: what looks like an evasion to a reader is one.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

SMALL = 1_024
"""Bytes; files up to this size are followed without any trace."""

# Of a name in two pieces one holds half of the letters; of a short name so few are no sign.
_IN_A_ROW = 6
_ONE_LETTER_SLICES = 3

# Functions, methods and modules that make other letters out of those that stand in the text, or take letters away.
_MAKERS = frozenset(
    b"a85encode b2a_base64 b2a_uu b32encode b64encode b85encode encodebytes standard_b64encode urlsafe_b64encode "
    b"a2b_base64 a2b_hex a2b_qp a2b_uu a85decode attrgetter b16decode b32decode b32hexdecode b64decode b85decode "
    b"base64_codec bytearray chr cp037 cp1140 cp437 cp500 decodebytes decompress expandtabs fromhex hex_codec idna "
    b"isalnum isalpha isascii isdecimal isdigit islower isnumeric isspace isupper itemgetter literal_eval maketrans "
    b"memoryview methodcaller punycode quopri raw_unicode_escape removeprefix removesuffix rot13 rot_13 "
    b"standard_b64decode swapcase to_bytes translate unhexlify unicode_escape unquote unquote_plus unquote_to_bytes "
    b"urlsafe_b64decode utf16 utf32 utf_16 utf_16_be utf_16_le "
    b"utf_32 utf_7 utf7".split()
)
# The same, whose names are ordinary words where their module is not named.
_MAKERS_OF = {
    b"itertools": frozenset(b"compress cycle dropwhile filterfalse islice permutations takewhile zip_longest".split()),
    b"struct": frozenset(b"pack unpack".split()),
    b"unicodedata": frozenset(b"lookup normalize".split()),
}
# A slice that turns a text round is a trace by itself.
_REVERSING = frozenset((b"reverse", b"reversed"))
# `html.unescape` makes letters of what begins with `&`, which stands in the text or comes from one of these.
_MAKERS_OF_ENTITIES = frozenset((b"escape", b"printable", b"punctuation"))
_LETTERED = rb"\(\s*[rbuf]*['\"](?:\\.|[^'\"\\\n])*?[a-zA-Z]"
# What is ordinary with most arguments, and a trace with some: by the word that must be there.
_WITH_ARGUMENTS = {
    word: re.compile(pattern).search
    for word, pattern in (
        (b"array", rb"array\(\s*['\"]"),
        (b"decode", rb"decode(?!\(\s*(?:encoding\s*=\s*)?(?:[\"'](?:utf-?8|ascii|latin-?1)[\"'])?\s*[,)])"),
        (b"bytes", rb"bytes(?:\((?!\))|(?<=map\(bytes),|(?<== bytes)\s*[\n;])"),
        (b"loads", rb"loads\(\s*[rbf]*['\"]"),
        (b"zip", rb"zip\(\s*[rbuf]*['\"(\[]"),
        (b"enumerate", rb"enumerate\(\s*[rbuf]*['\"]"),
        (b"filter", rb"filter\(\s*lambda"),
        (b"range", rb"range\([^()\n]*,[^()\n]*,"),
        (b"strip", rb"strip" + _LETTERED),
        (b"lstrip", rb"lstrip" + _LETTERED),
        (b"rstrip", rb"rstrip" + _LETTERED),
        (b"split", rb"split" + _LETTERED),
        (b"rsplit", rb"rsplit" + _LETTERED),
        (b"partition", rb"partition" + _LETTERED),
        (b"rpartition", rb"rpartition" + _LETTERED),
        (b"sub", rb"sub\((?<=\Wsub\()\s*[rbuf]*['\"]"),
        (b"findall", rb"findall\(\s*[rbuf]*['\"]"),
        # Names of codecs.
        (b"escape", rb"unicode-escape"),
        (b"hex", rb"hex['\"](?<=['\"]hex.)"),
        (b"base64", rb"base64['\"](?<=['\"]base64.)"),
        (b"base", rb"base-64['\"]"),
        (b"quoted", rb"quoted-printable['\"]"),
        (b"rot", rb"rot-13['\"]"),
        (b"utf", rb"utf-(?:16|32|7)"),
        (b"uu", rb"uu['\"](?<=['\"]uu.)"),
    )
}
_ESCAPE = re.compile(rb"\\(?:x|u00|U0000|N\{|1[0-7][0-7])").search
# By number: a slice with both ends, one of a text that stands there, many numbers, letters formatted from numbers.
_CUTS = tuple(
    re.compile(pattern).search
    for pattern in (
        rb"\[ *-?\d+ *: *-?\d+ *[\]:]",
        rb"\[[^\]\[\n:]*:[^\]\[\n:]*: *-?\d",
        rb"\[(?:(?<=['\"]\[)|(?<=['\"] \[)) *(?:-?\d|:(?!(?:alpha|digit|alnum|lower|upper|space|punct|xdigit):\]))",
        rb",(?<=\d,)\s*-?(?:\d+\s*,\s*-?){4}\d",
        rb"%[-+ 0#\d]*c(?![a-z])",
        rb":c\}",
    )
)
# The digits of a `uuid4().hex` spell no name.
_SLICE = re.compile(rb"\[(?<!\.hex\[) *(?:-?\d+ *: *(?:-?\d+)?|: *-?\d+) *\]")

_REPLACED = re.compile(
    rb"place\((?<=replace\()\s*[rbuf]*(?P<one>['\"])([^'\"\n]*)(?P=one)\s*,\s*[rbuf]*(?P<two>['\"])([^'\"\n]*)(?P=two)"
).findall
_MOST_REPLACEMENTS = 20
# One or two letters between quotes, or before the dot that ends the first part of a longer name.
_SHORT_TEXTS = re.compile(rb"['\"}]([a-z]{1,2})(?=['\"{.])").findall

# Small letters and nothing else; words of Python; words of letters.
_NOT_LETTERS = bytes(byte for byte in range(256) if not 97 <= byte <= 122)
_WORDS = bytes(byte if byte == 95 or (byte < 128 and chr(byte).isalnum()) else 32 for byte in range(256))
_LETTERS = bytes(byte | 32 if byte < 128 and chr(byte).isalpha() else 32 for byte in range(256))


class _Name(NamedTuple):
    """What tells that a name can be made.

    Args:
        letters: its letters, without what is between them.
        rows: several of them in a row, forwards and backwards: up to three such rows beside what all of them hold.
    """

    letters: bytes
    rows: tuple[tuple[bytes, tuple[bytes, ...]], ...]


def has_traces(data: bytes, names: tuple[bytes, ...]) -> bool:
    """Tell whether any of these names, which a text does not write out, can be made of what stands in it."""
    words = set(data.translate(_WORDS).split())
    if not _MAKERS.isdisjoint(words) or _takes_letters(data, words):
        return True
    spelled = set(b" ".join(words).translate(_LETTERS).split())
    if not _REVERSING.isdisjoint(words):
        spelled |= {word[::-1] for word in spelled}
    text = data.lower()
    found = [_name(name) for name in names]
    condensed = text.translate(None, _NOT_LETTERS)
    if any(_in_a_row(name, condensed) or _spells(name.letters, spelled, text) for name in found):
        return True
    return b"replace" in words and _is_replaced(found, text)


def _takes_letters(data: bytes, words: set[bytes]) -> bool:
    if any(word in words and not makers.isdisjoint(words) for word, makers in _MAKERS_OF.items()):
        return True
    if any(word in words and search(data) for word, search in _WITH_ARGUMENTS.items()):
        return True
    if b"unescape" in words and b"html" in words and (b"&" in data or not _MAKERS_OF_ENTITIES.isdisjoint(words)):
        return True
    if b"\\" in data and _ESCAPE(data):
        return True
    if any(search(data) for search in _CUTS):
        return True
    return len(_SLICE.findall(data)) >= _ONE_LETTER_SLICES


def _in_a_row(name: _Name, condensed: bytes) -> bool:
    return any(shared in condensed and any(row in condensed for row in rows) for shared, rows in name.rows)


def _is_replaced(names: list[_Name], text: bytes) -> bool:
    """Tell whether a name appears once the replacements that stand in a text are made in all of it."""
    pairs = {(old, new) for _, old, _, new in _REPLACED(text) if old and (old + new).translate(_WORDS).split()}
    if len(pairs) > _MOST_REPLACEMENTS:
        return True
    replaced = text
    for old, new in sorted(pairs):
        replaced = replaced.replace(old, new)
        if not (old + new).translate(_LETTERS).split():
            # Between the letters stands something else, which changes nothing about them.
            continue
        for one in {text.replace(old, new), replaced}:
            condensed = one.translate(None, _NOT_LETTERS)
            if any(_in_a_row(name, condensed) for name in names):
                return True
    return False


def _spells(name: bytes, words: set[bytes], text: bytes) -> bool:
    """Tell whether a name is made of these words, one after the other; short ones must be texts by themselves."""
    if not _is_spelled(name, words):
        return False
    return _is_spelled(name, {word for word in words if len(word) > 2}.union(_SHORT_TEXTS(text)))


def _is_spelled(name: bytes, words: set[bytes]) -> bool:
    reached = [True] + [False] * len(name)
    for start, can in enumerate(reached[:-1]):
        if can or reached[start]:
            for end in range(start + 1, len(name) + 1):
                reached[end] = reached[end] or name[start:end] in words
    return reached[-1]


@lru_cache(maxsize=64)
def _name(name: bytes) -> _Name:
    parts = [part for part in name.lower().translate(_LETTERS).split() if part]
    letters = b"".join(parts)
    size = max((len(letters) + 1) // 2, min(_IN_A_ROW, len(letters) - 2), 3)
    # A part of the name can be an ordinary word, as `tracing`: then it counts beside another part only.
    rows = [
        letters[start : start + size]
        for start in range(len(letters) - size + 1)
        if len(parts) == 1 or _joins(start, start + size, parts)
    ]
    together = [(_shared(some), some) for some in (tuple(rows[at : at + 3]) for at in range(0, len(rows), 3))]
    backwards = [(shared[::-1], tuple(row[::-1] for row in some)) for shared, some in together]
    return _Name(letters, (*together, *backwards))


def _shared(rows: tuple[bytes, ...]) -> bytes:
    """Return what rows hold that follow each other; of other rows, nothing."""
    shared = rows[0][len(rows) - 1 :]
    return shared if all(shared in row for row in rows) else b""


def _joins(start: int, end: int, parts: list[bytes]) -> bool:
    ends = accumulate(map(len, parts))
    return any(start < place < end for place in ends)
