"""Puts programs together: a way of building the name, of getting a loader, of calling it, and a place to do so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tests.lint_plugin.evasions.loaders import ALIASES, CALLERS, FUNCTIONS, OTHER_LOADERS
from tests.lint_plugin.evasions.pieces import Maker, Piece
from tests.lint_plugin.evasions.scopes import SCOPES, Scope
from tests.lint_plugin.evasions.strings import STRINGS

SEALED = ("opentelemetry", "opentelemetry.trace")
INNOCENT = ("colorsys", "xml.sax")

# How often a program uses a loader that is not a function of one argument.
_OTHERS = 0.25
# How often each half of a name is built in a way of its own, and how often one place is inside of another.
_HALVES = 0.25
_NESTED = 0.2


class Program(NamedTuple):
    """One generated program.

    Args:
        seed: what it was made from.
        source: its text.
        parts: how it was made, for people.
    """

    seed: int
    source: str
    parts: tuple[str, ...]


def program(seed: int, names: tuple[str, str] = SEALED) -> Program:
    """Return the program of a seed; the same seed with other names differs in nothing else."""
    make = Maker(seed)
    scope = make.random.choice(SCOPES)
    name, built = _built(make, names[make.random.random() < 0.5])
    if make.random.random() < _OTHERS:
        load = make.random.choice(OTHER_LOADERS)
        body = _statements(load(make, name))
        parts: tuple[str, ...] = (load.__name__,)
        before: list[str] = []
    else:
        alias, caller = make.random.choice(ALIASES), make.random.choice(CALLERS)
        function = alias(make, make.random.choice(FUNCTIONS))
        body = _statements(caller(make, function, name))
        parts = (alias.__name__, caller.__name__)
        before = list(function.lines)
    outer = make.random.choice(SCOPES) if make.random.random() < _NESTED else None
    source = _assembled(make, list(name.lines), before, body, scope, outer)
    return Program(seed, source, (*built, *parts, scope.__name__, *([outer.__name__] if outer else [])))


def _built(make: Maker, text: str) -> tuple[Piece, tuple[str, ...]]:
    """Return the name, built in one way, or each half of it in another."""
    if make.random.random() >= _HALVES:
        build = make.random.choice(STRINGS)
        return build(make, text), (build.__name__,)
    first, second = make.random.choice(STRINGS), make.random.choice(STRINGS)
    place = max(3, min(len(text) - 3, int(len(text) * make.random.uniform(0.3, 0.7))))
    left, right = first(make, text[:place]), second(make, text[place:])
    whole = Piece((*left.lines, *right.lines), f"(({left.expression}) + ({right.expression}))")
    return whole, (first.__name__, second.__name__)


def _statements(piece: Piece) -> list[str]:
    return [*piece.lines, piece.expression]


def _assembled(
    make: Maker, name: list[str], function: list[str], body: list[str], scope: Scope, outer: Scope | None
) -> str:
    # What the call needs stands beside it, or in the module around it.
    outside: list[str] = []
    inside: list[str] = []
    for lines in (name, function):
        (outside if make.random.random() < 0.5 else inside).extend(lines)
    placed = scope(make, [*inside, *body])
    placed = outer(make, placed) if outer is not None else placed
    return "\n".join([*outside, *placed]) + "\n"


def harmless(seed: int) -> Program:
    """Return a program that builds the sealed name as well and hands it to something that loads nothing."""
    make = Maker(seed)
    build, scope = make.random.choice(STRINGS), make.random.choice(SCOPES)
    name = build(make, SEALED[make.random.random() < 0.5])
    use = make.random.choice(_HARMLESS)
    lines = [*name.lines, *(line.replace("NAME", name.expression) for line in use)]
    return Program(seed, "\n".join(scope(make, lines)) + "\n", (build.__name__, use[-1], scope.__name__))


_HARMLESS: tuple[tuple[str, ...], ...] = (
    ("import importlib", "len(NAME)"),
    ("import importlib", "found = {NAME: importlib.import_module('json')}"),
    ("import importlib", "name = NAME", "name = 'json'", "importlib.import_module(name)"),
    ("import importlib", "name = NAME", "importlib.import_module('json' if name else 'json')"),
    ("def import_module(name):", "    return name", "import_module(NAME)"),
    ("def __import__(name):", "    return name", "__import__(NAME)"),
    ("class importlib:", "    @staticmethod", "    def import_module(name):", "        return name",
     "importlib.import_module(NAME)"),
    ("import importlib", "importlib.import_module('json').dumps(NAME)"),
    ("import logging, importlib", "logging.getLogger(NAME)"),
    ("import sys", "found = NAME in sys.modules"),
    ("import importlib.util", "names = [NAME, importlib.util.__name__]"),
    ("import importlib", "getattr(importlib, 'reload').__doc__ == NAME"),
    ("import importlib", "importlib.import_module(NAME and 'json')"),
    ("import importlib", "importlib.import_module('json'); [importlib, NAME]"),
    ("exec('import json; name = ' + repr(NAME))",),
    ("eval(repr(NAME))",),
    ("compile('import ' + NAME, 'x', 'exec')",),
    ("import functools", "functools.partial(__import__, NAME)"),
    ("import importlib", "def load(name):", "    return importlib.import_module('json')", "load(NAME)"),
    ("import importlib", "def load(name):", "    if name == NAME:", "        name = 'json'",
     "    return importlib.import_module(name)", "load('json')"),
    ("import importlib", "load = importlib.import_module", "load = str", "load(NAME)"),
    ("import importlib", "names = ['json', NAME]", "names.pop()", "for name in names:",
     "    importlib.import_module(name)"),
    ("import importlib", "table = {'a': NAME, 'b': 'json'}", "importlib.import_module(table['b'])"),
    ("import importlib", "importlib.import_module('x'.join(['', '']) + 'json')", "NAME.upper()"),
    ("import importlib", "print(importlib.import_module, NAME, file=__import__('io').StringIO())"),
    ("import importlib", "isinstance(importlib.import_module, (str, type(NAME)))"),
    ("modules = {}", "modules[NAME] = 1", "modules[NAME]"),
)  # fmt: skip


def programs(count: int, start: int = 0) -> Iterator[Program]:
    """Yield programs that load a sealed module, as far as running them agrees."""
    return (program(seed) for seed in range(start, start + count))
