"""The edits of one file: collected from all idioms first, then carried out at once."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import NamedTuple

from lint_plugin.codemod.declarations import Declarations
from lint_plugin.codemod.declared_attributes import Seen
from lint_plugin.codemod.facts import Facts
from lint_plugin.codemod.outcome import Fixed, Left
from lint_plugin.codemod.syntax import Range


class MisplacedNodeError(Exception):
    """A node whose place is wrong, as inside of f-strings before Python 3.12; nothing must be written then."""


class Replace(NamedTuple):
    """Puts other code in the place of an expression."""

    code: str


class Rename(NamedTuple):
    """Gives an attribute another name."""

    attribute: str


class Kept(NamedTuple):
    """An argument that stays.

    Args:
        place: its number in the old call, counted from 0.
        keyword: the name by which it is given from now on, empty for by position; None for as it was.
    """

    place: int
    keyword: str | None = None


class New(NamedTuple):
    """An argument that is new.

    Args:
        code: its value.
        place: the number of the old argument that it replaces; -1 for none.
    """

    code: str
    place: int = -1


class Arguments(NamedTuple):
    """Gives a call other arguments."""

    items: tuple[Kept | New, ...]


class Remove(NamedTuple):
    """Takes a statement away."""


class RemoveNames(NamedTuple):
    """Takes some of the names of an import statement away, by their places."""

    indexes: frozenset[int]


class Enter(NamedTuple):
    """Lets a ``with`` item be entered after another one."""

    code: str


class TryToWith(NamedTuple):
    """Makes ``try: ... finally: ...`` a ``with``; the ``finally`` goes."""

    code: str


class Before(NamedTuple):
    """Puts statements before one of the module."""

    lines: tuple[str, ...]


class After(NamedTuple):
    """Puts statements after one of the module.

    Args:
        lines: the statements; an empty text is an empty line.
        apart: whether an empty line comes first.
    """

    lines: tuple[str, ...]
    apart: bool = True


Edit = Replace | Rename | Arguments | Remove | RemoveNames | Enter | TryToWith | Before | After


class Plan:
    """What is to be changed in one file, and what is left to a person.

    Args:
        facts: the file.
        facade: the name under which the facade is imported in it.
    """

    def __init__(self, facts: Facts, facade: str) -> None:
        self.facts = facts
        self.facade = facade
        self.edits: dict[Range, list[Edit]] = {}
        self.gone: set[ast.AST] = set()
        """Every node that is not in the file any more after the edits."""
        self.fixed: list[Fixed] = []
        self.left: dict[tuple[int, int], Left] = {}
        self.notes: list[Left] = []
        self.covered: set[ast.AST] = set()
        """Every node inside of something that is listed as left."""
        self.uses_facade = False
        self.trusts_everyone = False
        self.declarations = Declarations(facts)
        self.top: tuple[str, ...] = ()
        """Statements to put before all others, in a module that starts with neither a docstring nor an import."""
        self.names: set[str] = set()
        """Names that other files can reach, and that were touched."""

    def facade_name(self, member: str) -> str:
        """Return the code for a public name of the facade."""
        self.uses_facade = True
        return f"{self.facade}.{member}"

    def edit(self, node: ast.AST, edit: Edit) -> None:
        """Plan one edit of a node.

        Raises:
            MisplacedNodeError: the place of the node is not where it stands.
        """
        if self.facts.ancestor(node, ast.JoinedStr) is not None and not self.facts.is_in_its_place(node):
            raise MisplacedNodeError(f"line {self.facts.line(node)}: Python tells no places inside of this f-string")
        self.edits.setdefault(self.facts.range_of(node), []).append(edit)

    def replace(self, node: ast.expr, code: str) -> None:
        """Put other code in the place of an expression."""
        self.edit(node, Replace(code))
        self.drop(node)

    def declare(self, span: str, kind: str, seen: Iterable[Seen] = ()) -> str:
        """Return the name of a declaration at the top of the module, made when there is none yet."""
        self.uses_facade = True
        return self.declarations.name_for(span, kind, seen)

    def rename_method(self, call: ast.Call, name: str) -> None:
        """Let another method be called."""
        self.edit(call.func, Rename(name))

    def arguments(self, call: ast.Call, *items: Kept | New) -> None:
        """Give a call other arguments; what is not kept is gone."""
        self.edit(call, Arguments(items))
        kept = {item.place for item in items if isinstance(item, Kept)}
        for index, value in enumerate([*call.args, *(keyword.value for keyword in call.keywords)]):
            if index not in kept:
                self.drop(value)

    def remove(self, statement: ast.stmt) -> None:
        """Take a statement away."""
        self.edit(statement, Remove())
        self.drop(statement)

    def drop(self, node: ast.AST) -> None:
        """Note that a node and everything in it is gone."""
        for found in ast.walk(node):
            self.gone.add(found)
            variable = self.facts.variable(found)
            if variable is not None:
                self.names.add(self.facts.key(variable))

    def fix(self, node: ast.AST, idiom: str) -> None:
        """Report a use that is migrated."""
        line, column, *_ = self.facts.range_of(node)
        self.fixed.append(Fixed(line, column + 1, idiom))

    def leave(self, node: ast.AST, idiom: str, reason: str, shown: ast.AST | None = None) -> None:
        """Report a use that stays; the first reason for a place counts."""
        line, column, *_ = self.facts.range_of(node)
        self.left.setdefault((line, column), self._entry(node, idiom, reason, shown or node))
        self.covered.update(ast.walk(node))

    def note(self, node: ast.AST, idiom: str, text: str, shown: ast.AST) -> None:
        """Say something about a use that is migrated."""
        self.notes.append(self._entry(node, idiom, text, shown))

    def _entry(self, node: ast.AST, idiom: str, reason: str, shown: ast.AST) -> Left:
        line, column, *_ = self.facts.range_of(node)
        return Left(line, column + 1, idiom, " ".join(self.facts.code(shown).split())[:80], reason)
