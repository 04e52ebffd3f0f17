"""Finds the Python files below the paths that a person names, and the files that declare requirements."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

from lint_plugin.ignoring import ignored_at
from lint_plugin.manifests import is_manifest

_NOT_OURS = frozenset({
    "__pycache__", "node_modules", ".git", ".hg", ".svn", ".venv", "venv", ".tox", ".nox", ".eggs", "build", "dist",
    ".mypy_cache", ".ruff_cache", ".pytest_cache", ".tracing-lint-cache",
})  # fmt: skip
_ENDINGS = (".py", ".pyi", ".pyw")
_NOTEBOOK = ".ipynb"


class File(NamedTuple):
    """A file to check.

    Args:
        path: as it will be shown.
        changed: when it was changed, in nanoseconds; 0 when that is not known.
        size: in bytes.
    """

    path: str
    changed: int
    size: int


def python_files(path: str) -> Iterator[str]:
    """Yield the file itself, or every Python file below a folder, in a stable order.

    Links to folders are not followed, so a circle of links does no harm.
    """
    if not os.path.isdir(path):
        yield path
        return
    yield from (file for file in files_below(path) if file.endswith(_ENDINGS))


def files_below(path: str, gitignore: bool = True) -> Iterator[str]:
    """Yield the file itself, or every Python file, notebook and manifest below a folder, in a stable order."""
    return (file.path for file in walk(path, gitignore))


def walk(path: str, gitignore: bool = True) -> Iterator[File]:
    """Yield the file itself, or every file to check below a folder, in a stable order.

    Args:
        path: a file or folder.
        gitignore: leave out what git ignores; a file that is named itself never is.
    """
    if not os.path.isdir(path):
        yield _described(path)
        return
    top = os.path.normpath(path)
    absolute = os.path.abspath(path)
    waiting = [(top, absolute, ignored_at(path) if gitignore else None)]
    while waiting:
        shown, folder, ignored = waiting.pop()
        try:
            with os.scandir(folder) as found:
                entries = sorted(found, key=_name)
        except OSError:
            # Whoever tries to read it will say why that does not work.
            yield File(shown, 0, 0)
            continue
        if ignored is not None and folder != absolute:
            ignored = ignored.below(folder, any(entry.name == ".gitignore" for entry in entries))
        folders = []
        for entry in entries:
            if _is_folder(entry):
                folders.append(entry.name)
            elif concerns(entry.name, folder) and not (ignored and ignored.leaves_out(entry.path, False)):
                yield _from_entry(entry, entry.name if shown == "." else f"{shown}{os.sep}{entry.name}")
        for name in reversed(folders):
            inner = f"{folder}{os.sep}{name}"
            if not _is_foreign(name) and not (ignored and ignored.leaves_out(inner, True)):
                waiting.append((name if shown == "." else f"{shown}{os.sep}{name}", inner, ignored))


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _is_foreign(name: str) -> bool:
    return name in _NOT_OURS or name.startswith(".venv")


def leaves_out(path: str, top: str, gitignore: bool = True) -> bool:
    """Tell whether a walk from a folder would pass a file by.

    Args:
        path: of the file.
        top: the folder, absolute.
        gitignore: whether what git ignores is left out.
    """
    relative = os.path.relpath(path, top)
    if relative.split(os.sep)[0] == os.pardir:
        return True
    ignored = ignored_at(top) if gitignore else None
    folder = top
    for name in relative.split(os.sep)[:-1]:
        folder = f"{folder}{os.sep}{name}"
        if _is_foreign(name) or (ignored and ignored.leaves_out(folder, True)):
            return True
        ignored = ignored and ignored.below(folder, os.path.exists(os.path.join(folder, ".gitignore")))
    return bool(ignored and ignored.leaves_out(path, False))


def concerns(name: str, folder: str) -> bool:
    """Tell by its name whether a file is to be checked: a Python file, a notebook or a manifest."""
    return name.endswith((*_ENDINGS, _NOTEBOOK)) or is_manifest(f"{folder}/{name}")


def _from_entry(entry: os.DirEntry[str], path: str) -> File:
    try:
        status = entry.stat()
    except OSError:
        return File(path, 0, 0)
    return File(path, status.st_mtime_ns, status.st_size)


def _described(path: str) -> File:
    try:
        status = os.stat(path)
    except OSError:
        return File(path, 0, 0)
    return File(path, status.st_mtime_ns, status.st_size)
