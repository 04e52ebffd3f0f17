"""Remembers what was found in files that have not changed since."""

from __future__ import annotations

import json
import os
import sys
import time
import zlib
from collections.abc import Mapping
from typing import Any, TypeAlias, TypeVar

from lint_plugin.cache_file import FOLDER, write
from lint_plugin.discovery import File
from lint_plugin.finding import Finding
from lint_plugin.listings import SETTLED
from lint_plugin.settings import Settings

Leaks: TypeAlias = Mapping[str, Mapping[str, str]]


class Cache:
    """The findings of one set of settings, by file.

    It is a file of its own for each version of the checker, of Python and of the settings. A cache that cannot be
    read or written is no error: the files are checked.

    Args:
        settings: what holds for the files.
        version: what identifies the checker.
    """

    def __init__(self, settings: Settings, version: str) -> None:
        self._here = os.getcwd()
        told = f"{version} {sys.version_info[:3]} {tuple(settings)}"
        name = f"{zlib.crc32(told.encode()):08x}{zlib.adler32(told.encode()):08x}.json"
        self._file = os.path.join(settings.root or os.getcwd(), FOLDER, name)
        content = self._read()
        self._program: list[Any] = _of_type(content.get("program"), list)
        self._files: dict[str, Any] = _of_type(content.get("files"), dict)
        self._changed = False
        self._settled = time.time_ns() - SETTLED

    def _read(self) -> dict[str, Any]:
        try:
            with open(self._file, encoding="utf-8") as stream:
                return _of_type(json.load(stream), dict)
        except (OSError, ValueError, RecursionError):
            return {}

    def leaks(self, signature: int) -> Leaks | None:
        """Return what the modules of the program pass on, or ``None`` when it has changed since.

        Args:
            signature: of the files of the program.
        """
        return self._program[1] if self._program[:1] == [signature] and len(self._program) == 2 else None

    def keep_leaks(self, signature: int, leaks: Leaks) -> None:
        """Remember what the modules of the program pass on; when that is new, every file is to be checked again."""
        if self._program[1:] != [leaks]:
            self._files = {}
        self._program = [signature, leaks]
        self._changed = True

    def findings(self, file: File) -> list[Finding] | None:
        """Return what was found in a file, or ``None`` when that is not known or it has changed since."""
        entry = self._files.get(self._key(file.path))
        if not file.changed or not isinstance(entry, list) or entry[:2] != [file.changed, file.size]:
            return None
        if len(entry) == 2:
            return []
        try:
            return [Finding(file.path, *one) for one in entry[2:]]
        except TypeError:
            return None

    def _key(self, path: str) -> str:
        # Paths from a walk are plain: putting the folder in front is quicker than looking at each again.
        return path if path.startswith(os.sep) else f"{self._here}{os.sep}{path}"

    def keep(self, file: File, findings: list[Finding]) -> None:
        """Remember what was found in a file, unless it has changed so lately that it may again without showing it."""
        if 0 < file.changed < self._settled:
            self._changed = True
            self._files[self._key(file.path)] = [file.changed, file.size, *(list(one[1:]) for one in findings)]

    def close(self) -> None:
        """Write down what is new; what was not asked for in this run is kept."""
        if not self._changed:
            return
        content = {"program": self._program, "files": self._files}
        write(self._file, json.dumps(content, separators=(",", ":")))


Kind = TypeVar("Kind", list[Any], dict[str, Any])


def _of_type(value: Any, kind: type[Kind]) -> Kind:
    return value if isinstance(value, kind) else kind()
