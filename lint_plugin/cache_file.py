"""Writes a file of the cache whole or not at all."""

from __future__ import annotations

import os

FOLDER = ".tracing-lint-cache"
_NOTE = "# Written by tracing-lint; can be removed at any time.\n*\n"


def write(file: str, text: str) -> None:
    """Write a file; one that cannot be written is no error, as everything in it can be found out again."""
    folder = os.path.dirname(file)
    temporary = f"{file}.{os.getpid()}"
    try:
        os.makedirs(folder, exist_ok=True)
        note = os.path.join(folder, ".gitignore")
        if not os.path.exists(note):
            with open(note, "w", encoding="utf-8") as stream:
                stream.write(_NOTE)
        with open(temporary, "w", encoding="utf-8") as stream:
            stream.write(text)
        os.replace(temporary, file)
    except (OSError, UnicodeEncodeError):
        return
