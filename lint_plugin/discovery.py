"""Finds the Python files below the paths that a person names, and the files that declare requirements."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from lint_plugin.listing import Listing
from lint_plugin.manifest_names import is_manifest
from lint_plugin.settings import SETTINGS_FILES

if TYPE_CHECKING:
    from lint_plugin.ignoring import Ignored
    from lint_plugin.listings import Listings

_NOT_OURS = frozenset({
    "__pycache__", "node_modules", ".git", ".hg", ".svn", ".venv", "venv", ".tox", ".nox", ".eggs", "build", "dist",
    ".mypy_cache", ".ruff_cache", ".pytest_cache", ".tracing-lint-cache",
})  # fmt: skip
_ENDINGS = (".py", ".pyi", ".pyw")
_NOTEBOOK = ".ipynb"
_CHECKED = (*_ENDINGS, _NOTEBOOK)
_CANDIDATES = (*_CHECKED, ".toml", ".cfg", ".txt", ".in", ".gitignore")


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
    return (file.path for files in folders_below(path, gitignore, describe=False) for file in files)


def walk(path: str, gitignore: bool = True) -> Iterator[File]:
    """Yield the file itself, or every file to check below a folder, in a stable order; see ``folders_below``."""
    return (file for files in folders_below(path, gitignore) for file in files)


def folders_below(
    path: str,
    gitignore: bool = True,
    describe: bool = True,
    plain_folders: set[str] | None = None,
    listings: Listings | None = None,
) -> Iterator[list[File]]:
    """Yield the file itself, or the files to check of every folder that has any, in a stable order.

    Args:
        path: a file or folder.
        gitignore: leave out what git ignores; a file that is named itself never is.
        describe: tell when a file was changed and its size; otherwise both are 0.
        plain_folders: the folders below the path that have no settings of their own are added to it.
        listings: what is known of folders from an earlier walk.
    """
    if not os.path.isdir(path):
        yield [_described(path)]
        return
    from lint_plugin.ignoring import ignored_at

    plain = plain_folders if plain_folders is not None else set()
    absolute = os.path.abspath(path)
    waiting = [_Folder(os.path.normpath(path), absolute, ignored_at(path) if gitignore else None, True)]
    while waiting:
        folder = waiting.pop()
        try:
            entered, listing = _known(folder, listings) if listings is not None else _listed(folder)
        except OSError:
            # Whoever tries to read it will say why that does not work.
            yield [File(folder.shown, 0, 0)]
            continue
        if not listing.has_settings and not folder.is_top:
            plain.add(folder.shown)
        if listing.files:
            yield folder.described(listing.files) if describe else folder.named(listing.files)
        waiting.extend(entered.inner(name) for name in reversed(listing.folders))
    if listings is not None:
        listings.close(absolute)


class _Folder(NamedTuple):
    """A folder on the way.

    Args:
        shown: as it is shown.
        path: where it is.
        ignored: what is left out in it; what its own file says is added when it is entered.
        is_top: whether the walk has begun here.
    """

    shown: str
    path: str
    ignored: Ignored | None
    is_top: bool = False

    def below(self, name: str) -> str:
        """Return how something in it is shown."""
        return name if self.shown == "." else f"{self.shown}{os.sep}{name}"

    def inner(self, name: str) -> _Folder:
        """Return a folder in it."""
        return _Folder(self.below(name), f"{self.path}{os.sep}{name}", self.ignored)

    def entered(self, has_ignores: bool) -> _Folder:
        """Return the folder with what its own `.gitignore` adds."""
        if self.ignored is None or self.is_top or not has_ignores:
            return self
        return self._replace(ignored=self.ignored.below(self.path, True))

    def named(self, names: list[str]) -> list[File]:
        """Return files in it, of which nothing else is told."""
        shown = self.below("")
        return [File(shown + name, 0, 0) for name in names]

    def described(self, names: list[str]) -> list[File]:
        """Return files in it with their times and sizes."""
        path, shown, stat = f"{self.path}{os.sep}", self.below(""), os.stat
        try:
            return [File(shown + name, (found := stat(path + name)).st_mtime_ns, found.st_size) for name in names]
        except OSError:
            # One of them has gone, or is a link to nowhere.
            return [_described(path + name, shown + name) for name in names]

    def leaves_out(self, path: str, is_folder: bool) -> bool:
        """Tell whether something in it is left out."""
        return self.ignored is not None and self.ignored.leaves_out(path, is_folder)


def _known(folder: _Folder, listings: Listings) -> tuple[_Folder, Listing]:
    """Return the folder as it is entered and what stands in it, from memory if it has not changed.

    Raises:
        OSError: it cannot be read.
    """
    status = os.stat(folder.path)
    known = listings.known(folder.path, status)
    if known is not None:
        rules, listing = known
        entered = folder.entered(listing.has_ignores)
        if rules == _state(entered):
            return entered, listing
    entered, listing = _listed(folder)
    listings.keep(folder.path, status, _state(entered), listing)
    return entered, listing


def _state(folder: _Folder) -> int:
    return folder.ignored.state if folder.ignored is not None else -1


def _listed(folder: _Folder) -> tuple[_Folder, Listing]:
    """Return the folder as it is entered, and what stands in it.

    Raises:
        OSError: it cannot be read.
    """
    with os.scandir(folder.path) as found:
        entries = sorted(filter(_is_candidate, found), key=_name)
    names = {entry.name for entry in entries}
    entered = folder.entered(".gitignore" in names)
    files, folders = [], []
    for entry in entries:
        if _is_folder(entry):
            if not _is_foreign(entry.name) and not entered.leaves_out(entry.path, True):
                folders.append(entry.name)
        elif concerns(entry.name, folder.path) and not entered.leaves_out(entry.path, False):
            files.append(entry.name)
    return entered, Listing(files, folders, not names.isdisjoint(SETTINGS_FILES), ".gitignore" in names)


def _is_candidate(entry: os.DirEntry[str]) -> bool:
    # Most other files are told by their endings, which costs less than anything else.
    return entry.name.endswith(_CANDIDATES) or "." not in entry.name or _is_folder(entry)


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
    from lint_plugin.ignoring import ignored_at

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
    return name.endswith(_CHECKED) or is_manifest(f"{folder}/{name}")


def _described(path: str, shown: str = "") -> File:
    try:
        status = os.stat(path)
    except OSError:
        return File(shown or path, 0, 0)
    return File(shown or path, status.st_mtime_ns, status.st_size)
