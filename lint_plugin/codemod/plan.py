"""What is to be changed in one file, what is left and why."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import libcst as cst

from lint_plugin.codemod.source_file import SEALED, SourceFile

Edit = Callable[[Any], Any]
"""Makes the new node out of the old one, whose inner nodes have been edited already."""

_WORDS = re.compile(r"[A-Za-z0-9]+")


class Left(NamedTuple):
    """A use of OpenTelemetry that a person has to look at."""

    line: int
    column: int
    code: str
    reason: str


class Fixed(NamedTuple):
    """A use of OpenTelemetry that was migrated."""

    line: int
    column: int
    idiom: str


def references_below(file: SourceFile, node: cst.CSTNode) -> list[cst.Name]:
    """Return the names inside a node that were imported from OpenTelemetry."""
    found: list[cst.Name] = []

    class Names(cst.CSTVisitor):
        def visit_Name(self, node: cst.Name) -> None:
            if file.origin(node).partition(".")[0] == SEALED:
                found.append(node)

    node.visit(Names())
    return found


class Plan:
    """Collects the edits of one file; nothing is changed before all idioms have spoken.

    Args:
        facade: the name under which the facade is imported in this file.
        taken: names that mean something in this file.
        wanted_elsewhere: names that other files import from this one.
    """

    def __init__(self, facade: str, taken: set[str], wanted_elsewhere: frozenset[str] = frozenset()) -> None:
        self.facade = facade
        self.wanted_elsewhere = wanted_elsewhere
        self.edits: dict[cst.CSTNode, Edit] = {}
        self.migrated: set[cst.CSTNode] = set()
        """Names and attributes that refer to OpenTelemetry and are gone after the edits."""
        self.reasons: dict[cst.CSTNode, str] = {}
        self.fixed: list[Fixed] = []
        self.constants: dict[str, str] = {}
        """Declarations to put after the imports: code by name."""
        self.trusts_everyone = False
        self._taken = set(taken)

    def name(self, member: str) -> cst.Attribute:
        """Return the expression for a public name of the facade."""
        return cst.Attribute(cst.Name(self.facade), cst.Name(member))

    def edit(self, node: cst.CSTNode, edit: Edit) -> None:
        """Replace a node."""
        earlier = self.edits.get(node)
        self.edits[node] = edit if earlier is None else lambda updated: edit(earlier(updated))

    def migrate(self, file: SourceFile, inside: cst.CSTNode, at: cst.CSTNode, idiom: str) -> None:
        """Count every reference to OpenTelemetry inside a node as gone.

        Args:
            file: the file.
            inside: what the edits replace.
            at: what is reported.
            idiom: as what it is reported.
        """
        for node in references_below(file, inside):
            self.migrated.add(node)
        self.migrated.add(at)
        self.note(file, at, idiom)

    def note(self, file: SourceFile, node: cst.CSTNode, idiom: str) -> None:
        """Report a migrated use."""
        found = Fixed(*file.position(node), idiom)
        if found not in self.fixed:
            self.fixed.append(found)

    def leave(self, node: cst.CSTNode, reason: str) -> None:
        """Say why a reference to OpenTelemetry stays; the first reason counts."""
        self.reasons.setdefault(node, reason)

    def constant(self, span_name: str, code: str) -> str:
        """Return the name of a module-level constant with this code, declared when it is not yet."""
        for name, existing in self.constants.items():
            if existing == code:
                return name
        base = "_".join(_WORDS.findall(span_name)).upper() or "SPAN"
        base = f"SPAN_{base}" if base[0].isdigit() else base
        name = base
        number = 2
        while name in self._taken:
            name, number = f"{base}_{number}", number + 1
        self._taken.add(name)
        self.constants[name] = code
        return name
