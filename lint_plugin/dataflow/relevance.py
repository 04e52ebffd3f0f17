"""Picks the part of a file that can matter: the statements that name what is searched for, and what these depend on.

Most of a file neither loads a module nor builds a name for one. The interpreter goes through all of the module's own
statements, but follows calls only from statements picked here, and functions by themselves only if they hold one.

Names lead from statement to statement in both directions: forward from a function that loads to those who call it, and
back from a call to what its arguments are made of.
"""

from __future__ import annotations

import ast
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, count
from operator import add
from typing import NamedTuple

from lint_plugin.dataflow.layout import (
    DEFINITIONS,
    FUNCTIONS,
    Layout,
    Path,
    attributes_set,
    bound_names,
    declared_outside,
    declared_parameters,
    defined_in_texts,
    element_owners,
    inner_statements,
    parameter_names,
    used,
)

# Beyond this, picking costs more than it saves.
_MOST_STATEMENTS = 400
# Names of names of names; what is passed on through more is followed only where the sealed name is written out.
_MOST_NAMES = 3
# A method that is called on more lines than this is only followed where it is called on the object itself.
_MOST_CALLS = 30


class Relevance(NamedTuple):
    """What matters.

    Args:
        statements: identities of the statements from which all calls are followed.
        functions: identities of the functions that are followed by themselves, and wherever they are called.
    """

    statements: frozenset[int]
    functions: frozenset[int]


class Search(NamedTuple):
    """What makes a line matter.

    Args:
        words: the sealed names and those that lead to them.
        methods: words for what is done with tracers, which matters beside one of the first.
        uses: the facade, and words for what is done with its spans.
        loaders: words that load modules by name, or take names out of a scope.
        patterns: find whatever else loads modules by name.
    """

    words: tuple[bytes, ...]
    methods: tuple[bytes, ...]
    uses: tuple[bytes, tuple[bytes, ...]]
    loaders: tuple[bytes, ...]
    patterns: tuple[re.Pattern[bytes], ...]


class _Line(NamedTuple):
    """A line to look at: whether a sealed name led there, or else a loader, and through how many names."""

    number: int
    sealed: bool
    depth: int


class _EverythingError(Exception):
    """Any name of the file may be one that matters."""


def relevant(tree: ast.Module, lines: Sequence[str], search: Search) -> Relevance | None:
    """Return what matters, or ``None`` when everything may.

    Args:
        tree: the file.
        lines: its lines.
        search: what makes a line matter.
    """
    try:
        return _Picker(tree, lines).picked(search)
    except _EverythingError:
        return None


# How a method is called: on anything, unless that is too many lines, then on the object itself.
_RECEIVERS = (".",)
_OWN_RECEIVERS = ("self.", "cls.", ").")


def _depends(function: ast.AST, node: ast.AST) -> bool:
    """Tell whether what a statement loads may depend on who calls the function around it."""
    if any(name not in ("self", "cls") for name in parameter_names(function)):
        return True
    parts = used(node) if isinstance(node, ast.stmt) else ()
    return isinstance(node, ast.Return) or any(
        isinstance(part, ast.Name) and part.id in ("self", "cls") for part in parts
    )


_DECLARING = ("global", "nonlocal")


class _Picker:
    def __init__(self, tree: ast.Module, lines: Sequence[str]) -> None:
        self._tree = tree
        self._layout = Layout(tree)
        text = "\n".join(lines)
        self._text = text if text.isascii() else "\n".join(unicodedata.normalize("NFKC", line) for line in lines)
        self._starts = _starts(self._text.split("\n"))
        self._declares = "global" in self._text or "nonlocal" in self._text
        self._named: set[tuple[int, bool]] = set()
        self._picked: set[int] = set()
        self._bound: set[tuple[int, str]] = set()
        self._functions: set[int] = set()
        self._words: set[tuple[str, int, int, bool]] = set()
        self._loaders = {"import_module", "__import__", "import_string", "importorskip", "exec", "eval", "compile"}
        self._own: dict[str, bool] = {}
        self._keepers: dict[str, list[ast.AST]] = {}
        self._waiting: list[_Line] = []
        self._binders: dict[int, dict[str, list[tuple[ast.stmt, Path]]]] = {}
        self._outside: dict[str, list[tuple[ast.stmt, Path]]] | None = None
        self._setters: dict[str, list[tuple[ast.stmt, Path]]] | None = None

    def picked(self, search: Search) -> Relevance:
        data = self._text.encode("utf-8", "replace")
        # In bytes a line begins where it does in characters, unless there are some of several bytes.
        starts = self._starts if len(data) == len(self._text) else _starts(data.split(b"\n"))
        for word in search.words:
            self._wait(_places(data, word), starts, True, 0)
        names_sealed = bool(self._waiting)
        for word in search.loaders:
            self._wait(_places(data, word), starts, False, 0)
        for pattern in search.patterns:
            self._wait((one.start() for one in pattern.finditer(data)), starts, False, 0)
        while self._waiting:
            line = self._waiting.pop(0)
            for path in self._layout.paths(line.number):
                self._name(path, line)
        for word in self._methods(search, data) if names_sealed else ():
            for place in _places(data, word):
                self._take_receivers(_name_before(data, place), bisect_right(starts, place))
        return Relevance(frozenset(self._picked), frozenset(self._functions))

    def _methods(self, search: Search, data: bytes) -> Iterator[bytes]:
        yield from search.methods
        yield from search.uses[1] if search.uses[0] in data else ()

    def _take_receivers(self, name: str, line: int) -> None:
        """Take the functions with a method of a parameter, or of what a constructor keeps: they may be given a span."""
        if name.startswith("self.") and name not in self._keepers:
            self._keepers[name] = list(self._keeping(name))
        kept = self._keepers.get(name, [])
        for path in self._layout.paths(line) if name else ():
            functions = [outer for outer in path if isinstance(outer, FUNCTIONS)]
            if kept or any(name in parameter_names(outer) for outer in functions):
                self._functions.update(map(id, (*functions, *kept)))

    def _keeping(self, attribute: str) -> Iterator[ast.AST]:
        """Yield the functions that keep a parameter as an attribute of the object."""
        text = self._text
        for place in _words(text, attribute, 0, len(text)):
            behind = text[place + len(attribute) : place + len(attribute) + 2].lstrip()
            for path in self._layout.paths(bisect_right(self._starts, place)) if behind[:1] in ("=", ":") else ():
                function = next((outer for outer in reversed(path) if isinstance(outer, FUNCTIONS)), None)
                names = {part.id for part in used(path[-1]) if isinstance(part, ast.Name)}  # type: ignore[arg-type]
                if function is not None and not names.isdisjoint({*parameter_names(function)} - {"self"}):
                    yield function

    def _wait(self, places: Iterable[int], starts: list[int], sealed: bool, depth: int) -> None:
        found = {bisect_right(starts, place) for place in places}
        self._waiting.extend(_Line(number, sealed, depth) for number in sorted(found))

    def _name(self, path: Path, line: _Line) -> None:
        """Take a statement that names what is searched for, and look for the names that it gives to it."""
        node = path[-1]
        if (id(node), line.sealed) in self._named or not isinstance(node, ast.stmt):
            return
        self._named.add((id(node), line.sealed))
        if not line.sealed:
            # What a loader is given may come from anywhere; a sealed name is where it stands.
            self._pick(node, path)
        self._functions.update(id(outer) for outer in path if isinstance(outer, FUNCTIONS))
        if line.sealed and isinstance(node, ast.ClassDef) and node.bases:
            # What a class inherits, its methods have without naming it.
            self._functions.update(id(method) for method in node.body if isinstance(method, FUNCTIONS))
        for place, outer in enumerate(path if line.sealed else ()):
            if isinstance(outer, DEFINITIONS) and any(map(self._is_own, outer.decorator_list)):
                # A decorator of the file may keep what it is given.
                self._pick(outer, path[: place + 1])
        if line.depth < _MOST_NAMES:
            for name in defined_in_texts(node):
                self._spread(name, ("",), self._tree, line)
            self._spread_definitions(path, line)
            if line.sealed or not self._only_loads(node):
                self._spread_bindings(node, path, line)

    def _is_own(self, decorator: ast.expr) -> bool:
        while isinstance(decorator, (ast.Call, ast.Attribute)):
            decorator = decorator.func if isinstance(decorator, ast.Call) else decorator.value
        name = getattr(decorator, "id", "")
        if name not in self._own:
            starts = (f"def {name}", f"class {name}", f"\n{name} = ")
            self._own[name] = bool(name) and any(start in self._text for start in starts)
        return self._own[name]

    def _spread_definitions(self, path: Path, line: _Line) -> None:
        """A function that loads, and the class of a method that does, may be called by their names."""
        definitions = [node for node in path if isinstance(node, DEFINITIONS)]
        for outer, node in zip([None, *definitions], definitions, strict=False):
            if isinstance(node, ast.ClassDef):
                inner = definitions[definitions.index(node) + 1 :]
                if not inner or inner[0].name.startswith("__"):
                    self._spread(node.name, ("",), self._tree, line)
            elif line.sealed or _depends(node, path[-1]):
                self._loaders.add(node.name)
                self._spread(node.name, _RECEIVERS if isinstance(outer, ast.ClassDef) else ("",), self._tree, line)

    def _spread_bindings(self, node: ast.stmt, path: Path, line: _Line) -> None:
        around = [outer for outer in path[:-1] if isinstance(outer, DEFINITIONS)]
        inside = around[-1] if around and isinstance(around[-1], FUNCTIONS) else self._tree
        outside = declared_outside(inside) if self._declares else ()
        for name in bound_names(node):
            if name == "*":
                raise _EverythingError
            everywhere = name in outside or (isinstance(node, ast.Assign) and name in element_owners(node))
            self._spread(name, ("",), self._tree if everywhere else inside, line)
        for name in attributes_set(node):
            self._spread(name, _RECEIVERS, self._tree, line)
        for name in declared_parameters(node):
            self._spread(name, ("",), node, line)

    def _only_loads(self, node: ast.stmt) -> bool:
        """Tell whether a statement binds a module that is loaded by a name that is not written out in it."""
        value = getattr(node, "value", None)
        if not isinstance(value, ast.Call):
            return False
        function = value.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        written = (isinstance(part, ast.Constant) and isinstance(part.value, str) for part in ast.walk(value))
        return name in self._loaders and not any(written)

    def _spread(self, name: str, prefixes: tuple[str, ...], scope: ast.AST, line: _Line) -> None:
        start, end = 0, len(self._text)
        if isinstance(scope, FUNCTIONS):
            start, end = self._starts[scope.lineno - 1], self._starts[scope.end_lineno or scope.lineno]
        key = (prefixes[0] + name, start, end, line.sealed)
        if key not in self._words and not name.startswith("__"):
            self._words.add(key)
            if prefixes is _RECEIVERS and self._text.count(f".{name}") > _MOST_CALLS:
                prefixes = _OWN_RECEIVERS
            places = [place for prefix in prefixes for place in _words(self._text, prefix + name, start, end)]
            self._wait(places, self._starts, line.sealed, line.depth + 1)

    def _pick(self, node: ast.stmt, path: Path) -> None:
        """Take a statement, and those on whose values it depends."""
        if id(node) in self._picked:
            return
        self._picked.add(id(node))
        if len(self._picked) > _MOST_STATEMENTS:
            return
        scopes: list[ast.AST] = [outer for outer in path if isinstance(outer, (ast.Module, *DEFINITIONS))]
        for part in used(node):
            if isinstance(part, ast.Name):
                self._pick_binders(part.id, scopes)
                if self._declares:
                    self._pick_declared(part.id)
            else:
                self._pick_setters(part.attr)

    def _pick_binders(self, name: str, scopes: list[ast.AST]) -> None:
        for place in range(len(scopes), 0, -1):
            scope = scopes[place - 1]
            if (id(scope), name) in self._bound:
                continue
            self._bound.add((id(scope), name))
            if id(scope) not in self._binders:
                self._binders[id(scope)] = _binders(scope)
            for node, path in self._binders[id(scope)].get(name, ()):
                self._pick(node, (*scopes[:place], *path))

    def _pick_declared(self, name: str) -> None:
        """Take what functions bind that declare a name of the module or of a function around them."""
        if self._outside is None:
            self._outside = {}
            for place in (place for word in _DECLARING for place in _words(self._text, word, 0, len(self._text))):
                for way in self._layout.paths(bisect_right(self._starts, place)):
                    self._declare(way)
        for node, path in self._outside.get(name, ()):
            self._functions.update(id(outer) for outer in path if isinstance(outer, FUNCTIONS))
            self._pick(node, path)

    def _declare(self, way: Path) -> None:
        """Note what a function binds of the names that a statement in it declares."""
        places = [place for place, one in enumerate(way) if isinstance(one, FUNCTIONS)]
        if self._outside is None or not places or not isinstance(way[-1], (ast.Global, ast.Nonlocal)):
            return
        outer = way[: places[-1] + 1]
        for node, path in inner_statements(outer[-1]):
            for name in bound_names(node).intersection(way[-1].names):
                self._outside.setdefault(name, []).append((node, (*outer, *path)))

    def _pick_setters(self, name: str) -> None:
        if self._setters is None:
            self._setters = _setters(self._tree)
        for node, path in self._setters.get(name, ()):
            self._functions.update(id(outer) for outer in path if isinstance(outer, FUNCTIONS))
            self._pick(node, path)


def _starts(lines: Sequence[str] | Sequence[bytes]) -> list[int]:
    """Return where each line begins, and where one more would."""
    return list(map(add, accumulate(map(len, lines), initial=0), count()))


def _places(data: bytes, word: bytes) -> Iterator[int]:
    """Yield where a word stands, wherever that is."""
    place = data.find(word)
    while place >= 0:
        yield place
        place = data.find(word, place + len(word))


def _name_before(data: bytes, place: int) -> str:
    """Return the name that ends at a place; nothing for an attribute, unless it is one of the object itself."""
    start = place
    while start and (data[start - 1 : start].isalnum() or data[start - 1 : start] in (b"_", b".")):
        start -= 1
    name = data[start:place].decode("ascii", "replace")
    return name if "." not in name or (name.startswith("self.") and name.count(".") == 1) else ""


def _words(text: str, word: str, start: int, end: int) -> Iterator[int]:
    """Yield where a word stands as a word of its own; one that begins with a mark follows whatever it likes.

    Compiling a pattern for each name takes longer than looking for it.
    """
    place = text.find(word, start, end)
    while place >= 0:
        after = place + len(word)
        if not _continues(text, after) and not (word[0].isidentifier() and place and _continues(text, place - 1)):
            yield place
        place = text.find(word, after, end)


def _continues(text: str, place: int) -> bool:
    return text[place : place + 1].isalnum() or text[place : place + 1] == "_"


def _binders(scope: ast.AST) -> dict[str, list[tuple[ast.stmt, Path]]]:
    found: dict[str, list[tuple[ast.stmt, Path]]] = {}
    for node, path in inner_statements(scope):
        for name in bound_names(node):
            found.setdefault(name, []).append((node, path))
    return found


def _setters(tree: ast.Module) -> dict[str, list[tuple[ast.stmt, Path]]]:
    found: dict[str, list[tuple[ast.stmt, Path]]] = {}
    for node, path in inner_statements(tree, DEFINITIONS):
        names = attributes_set(node)
        if len(path) > 1 and isinstance(path[-2], ast.ClassDef) and isinstance(getattr(node, "value", None), ast.Call):
            # What a class has as an attribute may be made by a call, too.
            names |= bound_names(node)
        for name in names:
            found.setdefault(name, []).append((node, (tree, *path)))
    return found
