"""``.gitignore``: which files git leaves out, read as git reads it (gitignore(5))."""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import NamedTuple

_FILE = ".gitignore"


class _Rule(NamedTuple):
    """One line.

    Args:
        pattern: for a path relative to the folder of the file, with slashes; compiled when it is first needed.
        takes_back: it says that what an earlier one leaves out is not.
        folders_only: it speaks of folders.
        name: the last name of what it matches, or a star and how that ends; empty when that cannot be said so simply.
        is_name: whether it speaks of a name in any folder.
    """

    pattern: str
    takes_back: bool
    folders_only: bool
    name: str
    is_name: bool

    def matches(self, relative: str) -> bool:
        """Tell whether it is about this path."""
        return _compiled(f"(?:.*/)?{self.pattern}" if self.is_name else self.pattern).match(relative) is not None


class Ignored:
    """What is left out below one folder.

    Args:
        folder: its absolute path.
        above: what holds for the folder around it.
    """

    def __init__(self, folder: str, above: Ignored | None = None) -> None:
        self._folder = folder
        self._above = above
        self._files = [os.path.join(folder, _FILE)]
        if above is None:
            self._files.insert(0, os.path.join(folder, ".git", "info", "exclude"))

    @cached_property
    def state(self) -> int:
        """A number that changes with every change of the rules that hold here."""
        above = self._above.state if self._above is not None else 0
        return zlib.crc32(f"{above} {[_time_and_size(file) for file in self._files]}".encode())

    @cached_property
    def _rules(self) -> tuple[_Rule, ...]:
        return tuple(rule for file in self._files for rule in _rules_in(file))

    # Most rules are about names that are never seen: those that end otherwise need not be tried.

    @cached_property
    def _literal(self) -> frozenset[str]:
        return frozenset(rule.name for rule in self._rules if rule.name and not rule.name.startswith("*"))

    @cached_property
    def _endings(self) -> tuple[str, ...]:
        return tuple(rule.name[1:] for rule in self._rules if rule.name.startswith("*"))

    @cached_property
    def _names(self) -> re.Pattern[str] | None:
        return _any_of(rule.pattern for rule in self._rules if not rule.name and rule.is_name)

    @cached_property
    def _paths(self) -> re.Pattern[str] | None:
        return _any_of(rule.pattern for rule in self._rules if not rule.name and not rule.is_name)

    def below(self, folder: str, has_rules: bool) -> Ignored:
        """Return what holds for a folder in this one.

        Args:
            folder: its absolute path.
            has_rules: whether it has a ``.gitignore``.
        """
        return Ignored(folder, self) if has_rules else self

    def leaves_out(self, path: str, is_folder: bool) -> bool:
        """Tell whether git leaves a file or folder out.

        Args:
            path: its absolute path; the folders above it are not left out.
            is_folder: whether it is a folder.
        """
        level: Ignored | None = self
        name = path.rpartition(os.sep)[2]
        while level is not None:
            relative = path[len(level._folder) + 1 :].replace(os.sep, "/")
            for rule in reversed(level._rules) if level._concerns(name, relative) else ():
                if (is_folder or not rule.folders_only) and rule.matches(relative):
                    return not rule.takes_back
            level = level._above
        return False

    def _concerns(self, name: str, relative: str) -> bool:
        if name in self._literal or name.endswith(self._endings):
            return True
        if self._names is not None and self._names.match(name):
            return True
        return self._paths is not None and self._paths.match(relative) is not None


def ignored_at(folder: str) -> Ignored:
    """Return what is left out at a folder, from the top of its repository down."""
    folder = os.path.abspath(folder)
    chain = [folder]
    while not os.path.exists(os.path.join(chain[-1], ".git")):
        parent = os.path.dirname(chain[-1])
        if parent == chain[-1]:
            # Not in a repository: only what stands in the folder itself counts.
            return Ignored(folder)
        chain.append(parent)
    found: Ignored | None = None
    for one in reversed(chain):
        found = Ignored(one, found)
    assert found is not None
    return found


def _time_and_size(file: str) -> tuple[int, int]:
    try:
        status = os.stat(file)
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size


def _rules_in(file: str) -> tuple[_Rule, ...]:
    try:
        with open(file, encoding="utf-8", errors="replace") as stream:
            lines = stream.read().split("\n")
    except OSError:
        return ()
    rules = (_rule(line) for line in lines)
    return tuple(rule for rule in rules if rule is not None)


@lru_cache(maxsize=4096)
def _rule(line: str) -> _Rule | None:
    line = line.removesuffix("\r")
    line = re.sub(r"(?<!\\) +\Z", "", line)
    takes_back = line.startswith("!")
    line = line.removeprefix("!")
    if not line or line.startswith("#"):
        return None
    folders_only = line.endswith("/")
    body = line.rstrip("/")
    anchored = "/" in body
    pattern = _translated(body.lstrip("/"))
    if pattern is None:
        return None
    return _Rule(pattern, takes_back, folders_only, _last_name(body), not anchored)


def _any_of(patterns: Iterable[str]) -> re.Pattern[str] | None:
    joined = "|".join(patterns)
    return _compiled(joined) if joined else None


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _last_name(body: str) -> str:
    name = body.rpartition("/")[2]
    rest = name[1:] if name.startswith("*") else name
    return "" if any(mark in rest for mark in "*?[\\") or name == "*" else name


_TOKEN = r"(?s)(?P<start>^\*\*/)|(?P<middle>/\*\*(?=/))|(?P<end>/\*\*$)|(?P<star>\*+)|(?P<one>\?)|(?P<escape>\\.)|(?P<set>\[(?:\\.|[^\\])[^\]]*\])"  # fmt: skip  # noqa: E501


def _translated(body: str) -> str | None:
    pieces = []
    end = 0
    for found in _compiled(_TOKEN).finditer(body):
        pieces.append(re.escape(body[end : found.start()]))
        pieces.append(_piece(found))
        end = found.end()
    pieces.append(re.escape(body[end:]))
    pattern = "".join(pieces) + r"\Z"
    try:
        # Only a set of characters can be wrong.
        return _compiled(pattern).pattern if "[" in body else pattern
    except re.error:
        return None


def _piece(found: re.Match[str]) -> str:
    kind, text = found.lastgroup, found[0]
    if kind == "escape":
        return re.escape(text[1:])
    if kind == "set":
        inside = text[1:-1]
        negated = inside[:1] in ("!", "^")
        inside = inside[1:] if negated else inside
        return "(?!/)[" + ("^" if negated else "") + inside.replace("[", r"\[") + "]"
    return {"start": "(?:.*/)?", "middle": "(?:/.*)?", "end": "/.+", "star": "[^/]*", "one": "[^/]"}[kind or ""]
