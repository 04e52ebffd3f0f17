"""What the interpreter finds out about a file: each fact names its kind, its place and what it is about."""

from __future__ import annotations

import ast
import enum
from collections.abc import Iterator, Sequence
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


class _Place:
    """Where a fact shows, and the outermost call that leads there.

    Args:
        fact: the fact, placed at that call.
        node: where it shows.
        call: the call.
    """

    __slots__ = ("call", "fact", "node", "ways")

    def __init__(self, fact: Fact, node: int, call: int) -> None:
        self.fact = fact
        self.node = node
        self.call = call
        # The calls within the outermost one, for each way to the fact.
        self.ways: set[tuple[int, ...]] = set()


class Facts:
    """Collects facts, and drops those that say the same from two sides.

    A fact inside of a function that is being called is placed at the call, since the argument makes it true there.
    When the function turns out to make it true by itself, it is placed in the function instead; and when there are
    several calls, one in the other, at the innermost by which it is true whoever makes the outer ones.
    """

    def __init__(self) -> None:
        self._direct: dict[tuple[Kind, int, str], Fact] = {}
        self._inlined: dict[tuple[Kind, int, int, str], _Place] = {}
        # What each outermost call leads to.
        self._targets: dict[tuple[Kind, int, int], list[str]] = {}

    def add(self, fact: Fact, calls: Sequence[ast.AST]) -> None:
        """Add a fact; ``calls`` are those in which the interpreter is, the outermost first."""
        node = id(fact.node)
        if not calls:
            self._direct.setdefault((fact.kind, node, fact.target), fact)
            return
        call = id(calls[0])
        place = self._inlined.get((fact.kind, node, call, fact.target))
        if place is None:
            place = _Place(fact._replace(node=calls[0]), node, call)
            self._inlined[fact.kind, node, call, fact.target] = place
            self._targets.setdefault((fact.kind, node, call), []).append(fact.target)
        place.ways.add(tuple(map(id, calls[1:])))

    def __iter__(self) -> Iterator[Fact]:
        own = {(kind, node) for kind, node, _ in self._direct}
        placed = dict.fromkeys(self._direct.values())
        for place in self._inlined.values():
            # What a function cannot decide by itself is no fact of its caller.
            kind = place.fact.kind
            if (kind, place.node) not in own and kind is not Kind.OPAQUE and self._is_decided_at(place):
                placed[place.fact] = None
        return iter(placed)

    def _is_decided_at(self, place: _Place) -> bool:
        return any(not any(self._leads_to(place, call) for call in way) for way in place.ways)

    def _leads_to(self, place: _Place, call: int) -> bool:
        """Tell whether a call leads there by itself: to the same name, or to the part that is sealed in any case."""
        target = place.fact.target
        found = self._targets.get((place.fact.kind, place.node, call), ())
        return any(target == one or target.startswith(f"{one}.") for one in found)
