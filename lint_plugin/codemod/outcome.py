"""What became of the uses of OpenTelemetry in a file."""

from __future__ import annotations

from typing import NamedTuple


class Fixed(NamedTuple):
    """A use that was migrated; lines and columns count from 1, and in the file as it was."""

    line: int
    column: int
    idiom: str


class Left(NamedTuple):
    """A use that a person has to look at, or a note about one that is migrated; lines and columns count from 1."""

    line: int
    column: int
    idiom: str
    code: str
    reason: str


class Migration(NamedTuple):
    """What became of one file.

    Args:
        text: the new content; the old one when nothing was changed.
        fixed: the uses that were migrated.
        left: the uses that were left, with their places in the old content.
        remaining: the same uses, with their places in the new content.
        notes: what a person should know of uses that were migrated, with their places in the old content.
        names: names of this module whose meaning was changed or that were dropped, for which others must be asked.
        tracers: names of this module that are tracers, which others may import.
    """

    text: str
    fixed: tuple[Fixed, ...] = ()
    left: tuple[Left, ...] = ()
    remaining: tuple[Left, ...] = ()
    notes: tuple[Left, ...] = ()
    names: frozenset[str] = frozenset()
    tracers: frozenset[str] = frozenset()
