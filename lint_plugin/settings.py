"""The settings of a file: ``[tool.tracing-facade]`` of the nearest ``pyproject.toml``, or a file of our own."""

from __future__ import annotations

import difflib
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

OWN_FILE = "tracing-facade.toml"
PYPROJECT = "pyproject.toml"

_MODULE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*\Z")


class SettingsError(Exception):
    """Settings that cannot be used; the message names the file, the key and what is allowed."""


@dataclass(frozen=True)
class Settings:
    """What the checker is told.

    Args:
        sealed: modules that nobody but the allowed paths may import.
        permit: parts of sealed modules that everybody may import.
        allow: globs of files that may import what is sealed, relative to ``root``; ``**`` crosses folders.
        exclude: globs of files that are not checked at all.
        facade: the package that is the only sanctioned way; what is private in it is so for everybody else.
        strict: also report what cannot be decided, and what is only probably wrong.
        root: the folder of the file that these settings come from.
    """

    sealed: tuple[str, ...] = ("opentelemetry",)
    permit: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    facade: str = "tracing_facade"
    strict: bool = False
    root: str = field(default="", compare=False)

    def seals(self, module: str) -> bool:
        """Tell whether this dotted name is sealed and not permitted."""
        return below(module, self.sealed) and not below(module, self.permit)

    def allows(self, path: str) -> bool:
        """Tell whether the file at ``path`` may import what is sealed."""
        return self._matches(path, self.allow)

    def excludes(self, path: str) -> bool:
        """Tell whether the file at ``path`` is not checked."""
        return self._matches(path, self.exclude)

    def _matches(self, path: str, globs: tuple[str, ...]) -> bool:
        if not globs:
            return False
        relative = os.path.relpath(os.path.abspath(path), self.root or os.getcwd()).replace(os.sep, "/")
        return any(_pattern(glob).match(relative) for glob in globs)


_LISTS = ("sealed", "permit", "allow", "exclude")
KEYS = (*_LISTS, "facade", "strict")


def settings_for(path: str) -> Settings:
    """Return the settings of the nearest folder at or above ``path`` that has any.

    Raises:
        SettingsError: a settings file is wrong.
    """
    folder = os.path.abspath(path)
    return _nearest(folder if os.path.isdir(folder) else os.path.dirname(folder))


@lru_cache(maxsize=4096)
def _nearest(folder: str) -> Settings:
    for name in (OWN_FILE, PYPROJECT):
        file = os.path.join(folder, name)
        if os.path.isfile(file):
            table = _table(file)
            if table is not None:
                return from_table(table, file)
    parent = os.path.dirname(folder)
    return Settings() if parent == folder else _nearest(parent)


def load_settings(file: str) -> Settings:
    """Return the settings of one file that was named explicitly.

    Raises:
        SettingsError: it cannot be read, has no settings or is wrong.
    """
    table = _table(file)
    if table is None:
        raise SettingsError(f"{file}: has no [tool.tracing-facade] table; add one, or name another file")
    return from_table(table, file)


def _table(file: str) -> Mapping[str, Any] | None:
    content = _read_toml(file)
    if os.path.basename(file) != PYPROJECT:
        return content
    tool = content.get("tool")
    table = tool.get("tracing-facade") if isinstance(tool, dict) else None
    return table if isinstance(table, dict) else None


def _read_toml(file: str) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        with open(file, "rb") as stream:
            content: dict[str, Any] = tomllib.load(stream)
            return content
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{file}: cannot be read as TOML: {error}") from error


def from_table(table: Mapping[str, Any], file: str) -> Settings:
    """Return the settings of a TOML table.

    Raises:
        SettingsError: a key is unknown or a value has the wrong form.
    """
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in KEYS:
            close = difflib.get_close_matches(key, KEYS, n=1)
            hint = f"did you mean {close[0]}?" if close else f"allowed are {', '.join(KEYS)}"
            raise SettingsError(f"{file}: [tool.tracing-facade] has the unknown key {key!r}; {hint}")
        values[key] = _value(key, value, file)
    for key in ("sealed", "permit"):
        for module in values.get(key, ()):
            if not _MODULE.match(module):
                raise SettingsError(f"{file}: {key} has {module!r}, which is not a module; write a dotted name")
    return Settings(**values, root=os.path.dirname(os.path.abspath(file)))


def _value(key: str, value: object, file: str) -> object:
    if key == "strict":
        if not isinstance(value, bool):
            raise SettingsError(f"{file}: strict = {value!r} is neither true nor false")
        return value
    if key == "facade":
        if not isinstance(value, str) or not _MODULE.match(value):
            raise SettingsError(f"{file}: facade = {value!r} is not a package; write a dotted name")
        return value
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise SettingsError(f'{file}: {key} = {value!r} is not a list of strings; write for example ["a", "b"]')
    return tuple(value)


def below(module: str, parents: tuple[str, ...]) -> bool:
    """Tell whether a dotted name is one of the others, or in one of them."""
    return any(module == parent or module.startswith(parent + ".") for parent in parents)


@lru_cache(maxsize=1024)
def _pattern(glob: str) -> re.Pattern[str]:
    glob = glob.removeprefix("./")
    glob = glob + "**" if glob.endswith("/") else glob
    parts = ["(?:.*/)?" if part == "**/" else ".*" if part == "**" else _one(part) for part in _split(glob)]
    return re.compile("".join(parts) + r"\Z", re.DOTALL)


def _split(glob: str) -> list[str]:
    return [part for part in re.split(r"(\*\*/|\*\*)", glob) if part]


def _one(part: str) -> str:
    # fnmatch lets * cross folders; here only ** does.
    pieces = re.split(r"([*?])", part)
    return "".join({"*": "[^/]*", "?": "[^/]"}.get(piece, re.escape(piece)) for piece in pieces)
