"""Where something stands in a file, and why it cannot be read there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Place(NamedTuple):
    """A place in a file; line and column count from 1, the column in characters."""

    path: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


class Refusal(NamedTuple):
    """Something that cannot be read, with what to do about it.

    Args:
        place: where it is.
        message: what is wrong, and what to write instead.
        is_dynamic: True when it may well be right, and only running the program could tell.
        used: what stands in another file than the one that was asked for: where that one needs it.
    """

    place: Place
    message: str
    is_dynamic: bool = False
    used: Place | None = None

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class Refused(Exception):
    """An expression cannot be read; ``refusals`` holds all reasons, not the first one only."""

    def __init__(self, refusals: Iterable[Refusal]) -> None:
        self.refusals = tuple(dict.fromkeys(refusals))
        super().__init__(self.refusals)
