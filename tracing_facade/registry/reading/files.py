"""The files that declarations are read from: those on disk, or what a version control system has of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Protocol

LARGEST_FILE = 2_000_000
_STANDARD_LIBRARY = os.path.dirname(os.__file__)


class Files(Protocol):
    """A tree of files."""

    def read(self, path: str) -> bytes | None:
        """Return the content of a file; None when there is none, or it is larger than any that people write."""

    def folders_above(self, path: str) -> Iterator[str]:
        """Yield the folder of a file and all above it, in which the packages it imports may be."""


class DiskFiles:
    """The files of this machine."""

    def read(self, path: str) -> bytes | None:
        """Return the content of a file, or None."""
        try:
            with open(path, "rb") as file:
                data = file.read(LARGEST_FILE + 1)
        except OSError:
            return None
        return data if len(data) <= LARGEST_FILE else None

    def folders_above(self, path: str) -> Iterator[str]:
        """Yield absolute folders, nearest first."""
        folder = os.path.dirname(os.path.abspath(path))
        while True:
            yield folder
            parent = os.path.dirname(folder)
            if parent == folder:
                return
            folder = parent


def module_file(files: Files, importing: str, module: str) -> tuple[str, bytes] | None:
    """Return path and content of the module that a file imports; None when it is not beside it, nor in Python itself.

    Args:
        files: where to look.
        importing: the path of the file with the import.
        module: its dotted name, with the dots of a relative import in front.
    """
    name = module.lstrip(".")
    level = len(module) - len(name)
    parts = name.split(".") if name else []
    folders = list(files.folders_above(importing))
    if level:
        folders = folders[level - 1 : level]
    for folder in folders:
        found = _in_folder(files, folder, parts)
        if found is not None:
            return found
    return None if level else _in_folder(DiskFiles(), _STANDARD_LIBRARY, parts)


def _in_folder(files: Files, folder: str, parts: list[str]) -> tuple[str, bytes] | None:
    base = "/".join(filter(None, [folder.replace(os.sep, "/"), *parts]))
    for path in (f"{base}.py", f"{base}/__init__.py") if parts else (f"{base}/__init__.py",):
        data = files.read(path)
        if data is not None:
            return path, data
    return None
