"""Which lines have changed since a revision, so that only what is new is reported."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Iterator

from lint_plugin.finding import Finding
from lint_plugin.settings import SettingsError

_PATIENCE_SECONDS = 60
_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
# Whatever people have set for their own eyes, and whatever git takes for binary.
_DIFF = (
    "-c", "core.quotepath=off", "diff", "--unified=0", "--inter-hunk-context=0", "--no-color", "--no-ext-diff",
    "--no-textconv", "--text", "--find-renames", "--src-prefix=a/", "--dst-prefix=b/", "--submodule=short",
)  # fmt: skip

# What stands for every line of a file.
_ALL = range(1, 2**31)


class Changes:
    """The lines that have changed in a repository since a revision, or since a branch was left.

    Args:
        revision: a commit, tag or branch.
        folder: in the repository.

    Raises:
        SettingsError: there is no such revision, no repository or no git.
    """

    def __init__(self, revision: str, folder: str = ".") -> None:
        self._root = _git(folder, "rev-parse", "--show-toplevel").decode(errors="surrogateescape").rstrip("\n")
        self._lines: dict[str, list[range]] = {}
        self._former: dict[str, str] = {}
        # Folders of which all is new, each with a separator at its end.
        self._folders: list[str] = []
        commit = self._commit(revision)
        self._read(iter(_git(self._root, *_DIFF, commit).split(b"\n")))
        for name in _git(self._root, "ls-files", "-z", "--others", "--exclude-standard").split(b"\0"):
            if name.endswith(b"/"):
                self._folders.append(self._path(name) + os.sep)
            elif name:
                self._lines[self._path(name)] = [_ALL]
        if os.path.exists(os.path.join(self._root, ".gitmodules")):
            self._add_submodules(commit)

    def _commit(self, revision: str) -> str:
        """Return the commit to compare with: where the current branch has left the revision."""
        try:
            found = _git(self._root, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
        except SettingsError as error:
            if _git(self._root, "rev-parse", "--is-shallow-repository").strip() == b"true":
                raise SettingsError(f"{error}, or get it: this clone is shallow (git fetch --unshallow)") from error
            raise
        commit = found.decode().strip()
        try:
            return _git(self._root, "merge-base", commit, "HEAD").decode().split()[0]
        except (SettingsError, IndexError):
            return commit  # they have nothing in common, as far as this clone knows

    def _read(self, diff: Iterator[bytes]) -> None:
        current: list[range] = []
        former = b""
        for line in diff:
            if line.startswith(b"rename from "):
                former = _unquoted(line[12:])
            elif line.startswith(b"rename to "):
                self._former[self._path(_unquoted(line[10:]))] = os.path.join(self._root, os.fsdecode(former))
            elif line.startswith(b"+++ "):
                name = line[4:].rstrip(b"\t")
                current = self._lines.setdefault(self._path(_unquoted(name)[2:]), []) if name != b"/dev/null" else []
            elif found := _HUNK.match(line):
                start, count = int(found[2]), int(found[3] or 1)
                current.append(range(start, start + count))
                # The lines themselves may look like anything.
                _skip(diff, int(found[1] or 1) + count)

    def _add_submodules(self, commit: str) -> None:
        for entry in _git(self._root, "ls-files", "--stage", "-z").split(b"\0"):
            mode, _, name = entry.partition(b"\t")
            folder = self._path(name)
            if not mode.startswith(b"160000") or not os.path.exists(os.path.join(folder, ".git")):
                continue
            before = _git(self._root, "ls-tree", "-z", commit, "--", os.fsdecode(name)).split()
            try:
                inner = Changes(before[2].decode(), folder)
            except (SettingsError, IndexError):
                self._folders.append(folder + os.sep)
                continue
            self._lines.update(inner._lines)
            self._former.update(inner._former)
            self._folders += inner._folders

    def _path(self, name: bytes) -> str:
        return os.path.realpath(os.path.join(self._root, os.fsdecode(name)))

    def require(self, paths: Iterable[str]) -> None:
        """Make sure that paths are in the repository.

        Raises:
            SettingsError: one is not, so that nobody could tell what has changed there.
        """
        root = os.path.realpath(self._root)
        for path in paths:
            if os.path.commonpath((root, os.path.realpath(path))) != root:
                raise SettingsError(f"--since: {path} is not in the repository {root}; check it in a run of its own")

    def has(self, path: str) -> bool:
        """Tell whether anything has changed in a file, or it has another name."""
        real = os.path.realpath(path)
        return real in self._lines or real in self._former or self._is_new(real)

    def former(self, path: str) -> str:
        """Return the path that a file had before it was renamed, or an empty string."""
        return self._former.get(os.path.realpath(path), "")

    def take_all(self, path: str) -> None:
        """Take every line of a file for changed."""
        self._lines[os.path.realpath(path)] = [_ALL]

    def only(self, findings: Iterable[Finding]) -> list[Finding]:
        """Return the findings in lines that have changed."""
        return [one for one in findings if self._has_line(os.path.realpath(one.path), one.line)]

    def _has_line(self, real: str, line: int) -> bool:
        return self._is_new(real) or any(line in span for span in self._lines.get(real, ()))

    def _is_new(self, real: str) -> bool:
        return bool(self._folders) and real.startswith(tuple(self._folders))


def _skip(diff: Iterator[bytes], count: int) -> None:
    while count:
        # Git remarks that a file has no end of line.
        count -= not next(diff, b"").startswith(b"\\")


def _unquoted(name: bytes) -> bytes:
    if not name.startswith(b'"'):
        return name
    return name[1:-1].decode("unicode_escape").encode("latin-1")


def _git(folder: str, *words: str) -> bytes:
    try:
        done = subprocess.run(
            ["git", "-C", folder, *words], capture_output=True, timeout=_PATIENCE_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SettingsError(f"--since needs git: {error}") from error
    if done.returncode:
        problem = done.stderr.decode(errors="replace").strip().splitlines() or ["unknown"]
        raise SettingsError(f"--since: git says {problem[-1]!r}; name a commit, tag or branch of this repository")
    return done.stdout
