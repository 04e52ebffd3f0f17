"""Writes what a command makes into the file that somebody has named."""

from __future__ import annotations

import os


def write_text(path: str, text: str) -> None:
    """Write a file anew, with the folders that it needs.

    Raises:
        OSError: it cannot be written.
    """
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
