"""Reads what a project declares besides its code: required distributions and entry points, with their places."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import ast

_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[|[<>=!~;@(,#]|$)")
_KEYS = frozenset({
    "dependencies", "optional-dependencies", "dev-dependencies", "requires", "install_requires", "setup_requires",
    "tests_require", "extras_require", "dependency-groups", "extra-dependencies", "constraint-dependencies", "packages",
    "dev-packages",
})  # fmt: skip


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
    if name in ("pyproject.toml", "Pipfile"):
        found = list(_in_toml(lines))
    elif name == "setup.cfg":
        found = list(_in_ini(lines))
    else:
        found = list(_in_requirements(lines))
    return found


def declarations_in_setup(tree: ast.AST) -> Iterator[tuple[ast.Constant, Declaration]]:
    """Yield what the call of ``setup`` in a ``setup.py`` declares, with the string that declares it."""
    import ast

    assigned = {
        target.id: node.value
        for node in getattr(tree, "body", ())
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.keyword) or node.arg not in (*_KEYS, "entry_points"):
            continue
        value = assigned.get(node.value.id, node.value) if isinstance(node.value, ast.Name) else node.value
        for part in ast.walk(value):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                declared = _entry_point(part.value) if node.arg == "entry_points" else _required(part.value)
                if declared is not None:
                    yield part, declared._replace(line=part.lineno)


def _required(text: str) -> Declaration | None:
    found = _REQUIREMENT.match(text)
    return Declaration(1, distribution=normalised(found[1])) if found is not None else None


def normalised(name: str) -> str:
    """Return a distribution's name as the package index compares it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _entry_point(text: str) -> Declaration | None:
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


def _in_toml(lines: list[str]) -> Iterator[Declaration]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        content = tomllib.loads("\n".join(lines))
    except (tomllib.TOMLDecodeError, RecursionError):
        yield from _in_requirements([line.strip().strip("\"',") for line in lines])
        return
    finder = _Finder(lines)
    for text in _toml_requirements(content, False, 0):
        declared = _required(text)
        if declared is not None:
            yield declared._replace(line=finder.line(text))
    for text in _toml_entry_points(content):
        yield Declaration(finder.line(text), entry_point=text.replace(":", "."))


def _toml_requirements(value: Any, inside: bool, depth: int) -> Iterator[str]:
    if depth > 12:
        return
    if isinstance(value, str) and inside:
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _toml_requirements(item, inside, depth + 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            if inside and not isinstance(item, list):
                yield key
            else:
                yield from _toml_requirements(item, inside or key in _KEYS, depth + 1)


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
                if section == "options.extras_require" or key in _KEYS:
                    declared = _required(text)
                elif section == "options.entry_points" and text.strip():
                    declared = _entry_point(text)
                else:
                    continue
                if declared is not None:
                    yield declared._replace(line=finder.line(text))


_EGG = re.compile(r"[#&]egg=([A-Za-z0-9][A-Za-z0-9._-]*)")
_WHEEL = re.compile(r"(?:.*[/\\])?([A-Za-z0-9][A-Za-z0-9._]*?)-\d[^/\\]*\.(?:whl|tar\.gz|zip)\b")


def _in_requirements(lines: list[str]) -> Iterator[Declaration]:
    for number, line in enumerate(lines, 1):
        direct = _EGG.search(line) or _WHEEL.match(line.partition("#")[0].partition("@")[2] or line.strip())
        declared = _required(direct[1]) if direct is not None and " @ " not in line else _required(line)
        if declared is not None:
            yield declared._replace(line=number)


_INCLUDED = re.compile(r"\s*(?:-r|-c|--requirement|--constraint)[ \t=]*(\S+)")


def included(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Yield the files that a requirements file includes, each with the line that does it."""
    for number, line in enumerate(lines, 1):
        found = _INCLUDED.match(line)
        if found is not None and "://" not in found[1]:
            yield number, found[1]


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
