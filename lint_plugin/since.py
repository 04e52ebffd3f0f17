"""Which lines have changed since a revision, so that only what is new is reported."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable

from lint_plugin.finding import Finding
from lint_plugin.settings import SettingsError

_PATIENCE_SECONDS = 60
_HUNK = re.compile(rb"@@ -\S+ \+(\d+)(?:,(\d+))? @@")

# What stands for every line of a file.
_ALL = range(1, 2**31)


class Changes:
    """The lines that have changed in a repository since a revision.

    Args:
        revision: a commit, tag or branch.
        folder: in the repository.

    Raises:
        SettingsError: there is no such revision, no repository or no git.
    """

    def __init__(self, revision: str, folder: str = ".") -> None:
        self._root = _git(folder, "rev-parse", "--show-toplevel").decode(errors="surrogateescape").rstrip("\n")
        commit = _git(folder, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}").decode().strip()
        self._lines: dict[str, list[range]] = {}
        # `--relative` is off, quoting is off: names are as they are on disk.
        self._read(_git(self._root, "-c", "core.quotepath=off", "diff", "-U0", "--no-color", "--no-ext-diff", commit))
        for name in _git(self._root, "ls-files", "-z", "--others", "--exclude-standard").split(b"\0"):
            if name:
                self._lines[self._path(name)] = [_ALL]

    def _read(self, diff: bytes) -> None:
        current: list[range] = []
        for line in diff.split(b"\n"):
            if line.startswith(b"+++ "):
                name = line[4:].rstrip(b"\t")
                current = self._lines.setdefault(self._path(_unquoted(name)[2:]), []) if name != b"/dev/null" else []
            elif found := _HUNK.match(line):
                start, count = int(found[1]), int(found[2] or 1)
                current.append(range(start, start + count))

    def _path(self, name: bytes) -> str:
        return os.path.realpath(os.path.join(self._root, os.fsdecode(name)))

    def has(self, path: str) -> bool:
        """Tell whether anything has changed in a file."""
        return os.path.realpath(path) in self._lines

    def only(self, findings: Iterable[Finding]) -> list[Finding]:
        """Return the findings in lines that have changed."""
        return [
            one for one in findings if any(one.line in span for span in self._lines.get(os.path.realpath(one.path), ()))
        ]


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
