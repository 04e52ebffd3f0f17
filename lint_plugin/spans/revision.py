"""The files of a git revision."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import PurePosixPath

from tracing_facade.registry.reading.files import LARGEST_FILE

_PATIENCE_SECONDS = 60


class RevisionError(Exception):
    """A revision that cannot be read; the message says what git says about it."""


class GitFiles:
    """The files of one revision of the repository that this folder belongs to.

    Args:
        revision: a commit, tag or branch.

    Raises:
        RevisionError: there is no such revision, or no repository, or no git.
    """

    def __init__(self, revision: str) -> None:
        self._root = _git("rev-parse", "--show-toplevel").decode().strip()
        self._commit = _commit_of(revision)

    def read(self, path: str) -> bytes | None:
        """Return the content of a file, or None; relative paths begin at this folder."""
        name = self._name(path)
        # A module may be looked for above the repository, or where the revision has a folder.
        if name.startswith("../"):
            return None
        try:
            data = _git("cat-file", "blob", f"{self._commit}:{name}")
        except RevisionError:
            return None
        return data if len(data) <= LARGEST_FILE else None

    def folders_above(self, path: str) -> Iterator[str]:
        """Yield the folders of a file up to the root of the repository."""
        root = PurePosixPath(os.path.realpath(self._root))
        folder = PurePosixPath(os.path.realpath(path)).parent
        while folder.is_relative_to(root):
            yield str(folder)
            folder = folder.parent
            if folder == folder.parent:
                return

    def python_files(self, folder: str) -> Iterator[str]:
        """Yield the Python files below a folder, with paths that begin as the folder's does."""
        name = self._name(folder)
        listed = _git("ls-tree", "-r", "-z", "--name-only", f"{self._commit}:{'' if name == '.' else name}")
        for file in listed.decode(errors="surrogateescape").split("\0"):
            if file.endswith((".py", ".pyi")):
                yield os.path.normpath(os.path.join(folder, file))

    def has(self, path: str) -> bool:
        """Tell whether the revision has this file or folder."""
        try:
            _git("cat-file", "-e", f"{self._commit}:{'' if self._name(path) == '.' else self._name(path)}")
        except RevisionError:
            return False
        return True

    def _name(self, path: str) -> str:
        return os.path.relpath(os.path.realpath(path), os.path.realpath(self._root)).replace(os.sep, "/")


def _commit_of(revision: str) -> str:
    if revision.startswith("-"):
        raise RevisionError(f"{revision!r} is neither a file nor a revision; name a golden file, tag, branch or commit")
    try:
        return _git("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").decode().strip()
    except RevisionError as error:
        raise RevisionError(
            f"{revision!r} is neither a file nor a revision of this repository; "
            "name a golden file, tag, branch or commit (a shallow clone has few: fetch what is missing)"
        ) from error


def _git(*words: str) -> bytes:
    try:
        done = subprocess.run(["git", *words], capture_output=True, check=False, timeout=_PATIENCE_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RevisionError(f"git cannot be run: {error}; name a golden file instead of a revision") from error
    if done.returncode:
        raise RevisionError(f"git {words[0]} says: {done.stderr.decode(errors='replace').strip() or 'no'}")
    return done.stdout
