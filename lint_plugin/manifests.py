"""Reads what a project declares besides its code: required distributions and entry points, with their places."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[|[<>=!~;@(,#]|$)")
KEYS = frozenset({
    "dependencies", "optional-dependencies", "dev-dependencies", "requires", "install_requires", "setup_requires",
    "tests_require", "extras_require", "dependency-groups", "extra-dependencies", "constraint-dependencies",
})  # fmt: skip
# In a Pipfile; elsewhere, `packages` are folders of one's own.
_PIPFILE_KEYS = frozenset({"packages", "dev-packages"})


class Declaration(NamedTuple):
    """One thing declared.

    Args:
        line: where it stands, from 1.
        distribution: the normalised name of a required distribution, or an empty string.
        entry_point: the group or object of an entry point, or an empty string.
    """

    line: int
    distribution: str = ""
    entry_point: str = ""


def declarations(path: str, lines: list[str]) -> list[Declaration]:
    """Return what a manifest declares; one that cannot be parsed is read line by line."""
    name = os.path.basename(path)
    if name.endswith(".toml") or name == "Pipfile":
        found = list(_in_toml(lines, _PIPFILE_KEYS if name == "Pipfile" else KEYS))
    elif name == "setup.cfg":
        found = list(_in_ini(lines))
    else:
        found = list(_in_requirements(lines))
    return found


def required(text: str) -> Declaration | None:
    """Return what a requirement declares, or ``None`` when the text is none (PEP 508)."""
    found = _REQUIREMENT.match(text)
    return Declaration(1, distribution=normalised(found[1])) if found is not None else None


def normalised(name: str) -> str:
    """Return a distribution's name as the package index compares it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def entry_point(text: str) -> Declaration | None:
    """Return the object of an entry point: of ``name = module:object``, or of a group by itself."""
    target = text.partition("=")[2] or text
    return Declaration(1, entry_point=target.strip().replace(":", "."))


class _Finder:
    """Finds the line of each string, the next one when it stands there more than once."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._seen: dict[str, int] = {}

    def line(self, text: str) -> int:
        first = text.strip().split("\n")[0]
        for number in range(self._seen.get(first, 0), len(self._lines)):
            if first in self._lines[number]:
                self._seen[first] = number + 1
                return number + 1
        return 1


def _in_toml(lines: list[str], keys: frozenset[str] = KEYS) -> Iterator[Declaration]:
    content = _content(lines)
    if content is None:
        yield from _in_requirements([line.strip().strip("\"',") for line in lines])
        return
    finder = _Finder(lines)
    for text in _toml_requirements(content, keys):
        declared = required(text)
        if declared is not None:
            yield declared._replace(line=finder.line(text))
    for text in _toml_entry_points(content):
        yield Declaration(finder.line(text), entry_point=text.replace(":", "."))


def _content(lines: list[str]) -> dict[str, Any] | None:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        content: dict[str, Any] = tomllib.loads("\n".join(lines))
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
    return content


def _toml_requirements(value: Any, keys: frozenset[str], inside: bool = False, depth: int = 0) -> Iterator[str]:
    if depth > 12:
        return
    if isinstance(value, str) and inside:
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _toml_requirements(item, keys, inside, depth + 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            if inside and not _is_group(item):
                yield key
            else:
                yield from _toml_requirements(item, keys, inside or key in keys, depth + 1)


def _is_group(value: Any) -> bool:
    """Tell whether this lists requirements; else it says in one or several ways which version is required."""
    return isinstance(value, list) and not all(isinstance(item, dict) and "include-group" not in item for item in value)


def _toml_entry_points(content: dict[str, Any]) -> Iterator[str]:
    project = content.get("project")
    groups = project.get("entry-points") if isinstance(project, dict) else None
    poetry = content.get("tool", {}).get("poetry", {}) if isinstance(content.get("tool"), dict) else {}
    plugins = poetry.get("plugins") if isinstance(poetry, dict) else None
    for tables in (groups, plugins):
        for group, entries in tables.items() if isinstance(tables, dict) else ():
            yield group
            yield from _targets(entries)
    for key in ("scripts", "gui-scripts"):
        yield from _targets(project.get(key) if isinstance(project, dict) else None)
        yield from _targets(poetry.get(key) if isinstance(poetry, dict) else None)


def _targets(entries: Any) -> Iterator[str]:
    if isinstance(entries, dict):
        yield from (target for target in entries.values() if isinstance(target, str))


def _in_ini(lines: list[str]) -> Iterator[Declaration]:
    import configparser

    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        parser.read_string("\n".join(lines))
    except (configparser.Error, AttributeError):  # the latter where a line goes on after a key without a value
        yield from _in_requirements(lines)
        return
    finder = _Finder(lines)
    for section in parser.sections():
        for key, value in parser.items(section):
            if section == "options.entry_points":
                yield Declaration(finder.line(key), entry_point=key)
            for text in (value or "").split("\n"):
                if section == "options.extras_require" or key in KEYS:
                    declared = required(text)
                elif section == "options.entry_points" and text.strip():
                    declared = entry_point(text)
                else:
                    continue
                if declared is not None:
                    yield declared._replace(line=finder.line(text))


_EGG = re.compile(r"[#&]egg=([A-Za-z0-9][A-Za-z0-9._-]*)")
_WHEEL = re.compile(r"(?:.*[/\\])?([A-Za-z0-9][A-Za-z0-9._]*?)-\d[^/\\]*\.(?:whl|tar\.gz|zip)\b")


def _in_requirements(lines: list[str]) -> Iterator[Declaration]:
    for number, line in enumerate(lines, 1):
        direct = _EGG.search(line) or _WHEEL.match(line.partition("#")[0].partition("@")[2] or line.strip())
        declared = required(direct[1]) if direct is not None and " @ " not in line else required(line)
        if declared is not None:
            yield declared._replace(line=number)


_INCLUDED = re.compile(r"\s*(?:-r|-c|--requirement|--constraint)[ \t=]*(\S+)")


def included(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Yield the files that a requirements file includes, each with the line that does it."""
    for number, line in enumerate(lines, 1):
        found = _INCLUDED.match(line)
        if found is not None and "://" not in found[1]:
            yield number, found[1]


def read_by_setuptools(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Yield the files out of which setuptools takes the requirements, each with the line of `pyproject.toml`."""
    if not any("setuptools" in line and "dynamic" in line for line in lines):
        return
    value: Any = _content(lines) or {}
    for key in ("tool", "setuptools", "dynamic"):
        value = value.get(key) if isinstance(value, dict) else None
    if not isinstance(value, dict):
        return
    extras = value.get("optional-dependencies")
    for one in (value.get("dependencies"), *(extras.values() if isinstance(extras, dict) else ())):
        files = one.get("file") if isinstance(one, dict) else None
        for name in [files] if isinstance(files, str) else files or ():
            if isinstance(name, str):
                yield _Finder(lines).line(name), name


_SCRIPT = re.compile(r"#[ \t]*/// script[ \t]*\Z")


def declarations_in_script(lines: list[str]) -> Iterator[Declaration]:
    """Yield what the metadata on top of a script declares (PEP 723)."""
    start = next((number for number, line in enumerate(lines) if _SCRIPT.match(line)), None)
    block = [""] * (start or 0)
    for line in lines[len(block) + 1 :] if start is not None else ():
        if not line.startswith("#") or line.rstrip() == "# ///":
            break
        block.append(line[1:])
    yield from _in_toml(["", *block]) if start is not None else ()
