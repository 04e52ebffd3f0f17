"""What stands in a folder, as far as a walk needs to know it."""

from __future__ import annotations

from typing import NamedTuple


class Listing(NamedTuple):
    """What a walk needs to know of a folder.

    Args:
        files: the names of the files to check.
        folders: the names of the folders to enter.
        has_settings: whether it has a file that can hold settings.
        has_ignores: whether it has a `.gitignore`.
    """

    files: list[str]
    folders: list[str]
    has_settings: bool
    has_ignores: bool
