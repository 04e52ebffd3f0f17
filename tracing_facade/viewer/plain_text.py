"""Text that is safe to print and as wide as wanted: nothing that a sender wrote reaches the terminal as a command."""

from __future__ import annotations

import unicodedata
from itertools import accumulate

# Control, format (direction overrides, joiners), surrogate, private, unassigned; line and paragraph separators.
_UNSAFE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_COMBINING = {"Mn", "Me"}
_MOST_COMBINING = 2


def neutralise(text: str) -> str:
    r"""Return ``text`` with everything that moves, colours or hides replaced by its code, as in ``\x1b``.

    Spaces of every kind become plain ones; of marks that pile up on one character, two are kept.
    """
    if text.isascii() and text.isprintable():
        return text
    kept: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        marks = marks + 1 if category in _COMBINING else 0
        if category in _UNSAFE:
            kept.append(character.encode("unicode_escape").decode("ascii"))
        elif category == "Zs":
            kept.append(" ")
        elif marks <= _MOST_COMBINING:
            kept.append(character)
    return "".join(kept)


def display_width(text: str) -> int:
    """Return how many columns of a terminal ``text`` takes; wide characters take two, marks none."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.category(character) in _COMBINING:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def shorten(text: str, width: int) -> str:
    """Return ``text``, cut with an ellipsis when it takes more than ``width`` columns."""
    if display_width(text) <= width:
        return text
    if width < 1:
        return ""
    fits = sum(1 for used in accumulate(map(_columns, text)) if used < width)
    return text[:fits] + "…"


def pad(text: str, width: int) -> str:
    """Return ``text`` in exactly ``width`` columns."""
    cut = shorten(text, width)
    return cut + " " * (width - display_width(cut))
