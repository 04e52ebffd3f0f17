"""What the interpreter finds out about a file: each fact names its kind, its place and what it is about."""

from __future__ import annotations

import ast
import enum
from collections.abc import Iterator
from typing import NamedTuple


class Kind(enum.Enum):
    """What a fact is about; each rule takes the kinds that it reports."""

    DYNAMIC = "a module is imported by a function"
    LOADER = "a module is found or run past the import system"
    MODULES = "a module is taken from sys.modules"
    STUB = "a module is put into sys.modules, or taken out of it"
    CODE = "source text that loads a module is run"
    PATCH = "a name of a module is replaced, for which it is imported"
    PROBE = "it is asked whether a module is there"
    OPAQUE = "what is loaded cannot be decided"
    ANNOTATION = "a string or comment in an annotation names a type"
    ATTRIBUTE = "an attribute chain leads to a module"
    PRIVATE = "a private name of the facade is used"
    REEXPORT = "a name is taken from a module that passes a sealed one on"
    RESOLVED = "a string names an object for something that imports it"
    SPAN = "a span is started past the facade"
    LIKELY_SPAN = "a span may be started past the facade"
    CALL = "a function of the facade or of a sealed module is called"


class Fact(NamedTuple):
    """One thing found out.

    Args:
        kind: what it is about.
        node: where it stands in the syntax tree of the file.
        target: the module or name that it is about; empty when unknown.
        how: the function or form that does it, as a person would call it.
    """

    kind: Kind
    node: ast.AST
    target: str
    how: str


class Facts:
    """Collects facts, and drops those that say the same from two sides.

    A fact inside of a function that is being called is placed at the call, since the argument makes it true there.
    When the function turns out to make it true by itself, it is placed in the function instead.
    """

    def __init__(self) -> None:
        self._direct: dict[tuple[Kind, int, str], Fact] = {}
        self._inlined: dict[tuple[Kind, int, int, str], Fact] = {}

    def add(self, fact: Fact, call: ast.AST | None) -> None:
        """Add a fact; ``call`` is the outermost call in which the interpreter is, if it is in one."""
        if call is None:
            self._direct.setdefault((fact.kind, id(fact.node), fact.target), fact)
        else:
            key = (fact.kind, id(fact.node), id(call), fact.target)
            self._inlined.setdefault(key, fact._replace(node=call))

    def __iter__(self) -> Iterator[Fact]:
        own = {(kind, node) for kind, node, _ in self._direct}
        placed = dict.fromkeys(self._direct.values())
        for (kind, node, _, _), fact in self._inlined.items():
            # What a function cannot decide by itself is no fact of its caller.
            if (kind, node) not in own and kind is not Kind.OPAQUE:
                placed[fact] = None
        return iter(placed)
