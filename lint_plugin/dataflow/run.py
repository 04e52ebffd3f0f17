"""The state of one interpretation: scopes, limits, the file's place in the program, and what was found out."""

from __future__ import annotations

import ast
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, NamedTuple, Protocol

from lint_plugin.dataflow import names
from lint_plugin.dataflow.facts import Fact, Facts, Kind
from lint_plugin.dataflow.relevance import Relevance
from lint_plugin.dataflow.values import UNKNOWN, Class, Function, Instance, Reference, Scope, Value

# Steps for one statement of the module or one function, and for the whole file. Beyond them loops are followed once
# and calls not at all, so that the rest takes time in proportion to its length.
_FUEL_OF_A_PART = 6_000
_FUEL_OF_A_FILE = 150_000
_DEEPEST_EXPRESSION = 120
DEEPEST_CALL = 12
_MOST_EXAMPLES = 2_000


class World(Protocol):
    """What the interpreter asks about everything outside of the file."""

    def seals(self, path: str) -> bool:
        """Tell whether a dotted name is sealed."""

    def private(self, path: str) -> bool:
        """Tell whether a dotted name is private to the facade, and this file is not a part of the facade."""

    def watches(self, path: str) -> bool:
        """Tell whether the rules want to know of calls to this dotted name."""

    def absolute(self, module: str, level: int) -> str:
        """Return the name of what ``from ..module import`` means in this file, with a dot in front for first-party."""

    def leak(self, path: str) -> str:
        """Return the sealed name that a name of a first-party module passes on, or an empty string."""

    def names_of(self, module: str) -> Iterable[str]:
        """Return the public names that a first-party module is known to pass on."""

    def constant(self, path: str) -> Value | None:
        """Return the value of a constant of another first-party module, if it is followed."""


class Call(NamedTuple):
    """One call, with what is known about its arguments.

    Args:
        node: where it stands.
        arguments: the positional arguments.
        keywords: the named ones.
        complete: False when ``*arguments`` or ``**keywords`` of unknown content are passed.
    """

    node: ast.AST
    arguments: Sequence[Value]
    keywords: dict[str, Value]
    complete: bool = True

    def argument(self, position: int, name: str = "") -> Value | None:
        """Return an argument by position or name, or ``None`` when it is not given."""
        if position < len(self.arguments):
            return self.arguments[position]
        return self.keywords.get(name)


class Seen(NamedTuple):
    """A call that the rules want to know of.

    Args:
        path: what is called.
        call: where, and with what.
        origin: the call that has returned the object whose method this is.
        inside: where it stands in a function of the file, when ``call`` is the call of that function.
    """

    path: str
    call: Call
    origin: Call | None
    inside: ast.AST | None = None


Handler = Callable[["Run", Call], Value]
Expression = Callable[["Run", Any], Value]


class Handlers(NamedTuple):
    """What follows each kind of node, and calls."""

    expressions: dict[type, Expression]
    statements: dict[type, Callable[[Run, Any], int]]
    body: Callable[[Run, Sequence[ast.stmt]], int]
    call: Callable[[Run, Value, Call], Value]
    typed: Callable[[Run, ast.expr | None], Value]


class Run:
    """One interpretation of one file."""

    def __init__(self, world: World, handlers: Handlers, relevance: Relevance | None = None) -> None:
        self.world = world
        self.relevance = relevance
        # Whether calls are followed from the statement that is being followed.
        self.follows = True
        self.facts = Facts()
        self.scope = Scope()
        self.module = self.scope
        self.fuel = 0
        self.calls = 0
        # The functions that are being followed, innermost last.
        self.active: list[int] = []
        # The calls that are being followed, outermost first; facts are placed there. Code strings are placed at their
        # `exec`.
        self.sites: list[ast.AST] = []
        self.code_site: ast.AST | None = None
        # Objects that answer to every attribute, and where they were made.
        self.proxies: list[tuple[Instance, ast.AST]] = []
        # Functions still to be followed by themselves, whoever calls them, and where the text runs that has them.
        self.waiting: list[tuple[Function, ast.AST | None]] = []
        # Sealed packages of which the file imports a permitted part only.
        self.roots: set[str] = set()
        # Members that the file itself sets: of modules by name, of functions by identity.
        self.patched: dict[str, Value] = {}
        self.attached: dict[tuple[int, str], Value] = {}
        self.kept: list[object] = []
        # Where what `operator.attrgetter` and its like return is called.
        self.caller: ast.AST | None = None
        # What long calls returned.
        self.known_results: dict[Hashable, Value] = {}
        # The sealed name that a loop over sys.modules looks for, and whether it sees the modules too.
        self.searched = ""
        self.values_seen = False
        # What `yield` gave and `return` returned in the function that is being followed.
        self.results: list[Value] = []
        self.yields: list[Value] = []
        self.raised: list[Value] = []
        self.stars: list[str] = []
        self.calls_seen: list[Seen] = []
        self.decorators: list[tuple[str, ast.expr]] = []
        # What objects of classes of the file have been given: by the class and the name of the attribute.
        self.learnt: dict[tuple[int, str], Value] = {}
        # Calls of functions of the file that return what a call has given that the rules want to know of.
        self.handed_back: list[tuple[ast.AST, Reference]] = []
        # For each loop that is being followed, the states in which this round was left, and how.
        self.rounds: list[list[tuple[int, dict[str, Value]]]] = []
        self._reserve = _FUEL_OF_A_FILE
        self._depth = 0
        self._expressions = handlers.expressions
        self._statements = handlers.statements
        self._body = handlers.body
        self._call = handlers.call
        self._typed = handlers.typed
        self._followed: set[int] = set()
        self._from_text: set[int] = set()
        self._examples: dict[int, Instance] = {}

    @property
    def site(self) -> ast.AST | None:
        """The outermost call that is being followed."""
        return self.sites[0] if self.sites else None

    def refuel(self) -> None:
        """Begin another part of the file."""
        self.fuel = min(_FUEL_OF_A_PART, self._reserve)
        self._reserve -= self.fuel

    def rest(self) -> None:
        """End a part of the file; what it did not need is there for others."""
        self._reserve += max(self.fuel, 0)

    def unwind(self) -> None:
        """Go back to the module after something was given up in the middle."""
        self.scope, self.code_site = self.module, None
        self.results, self.yields, self.rounds, self.active, self.sites = [], [], [], [], []
        self.calls = self._depth = 0

    def evaluate(self, node: ast.expr | None) -> Value:
        """Return what is known about an expression, and collect the facts in it."""
        if node is None:
            return UNKNOWN
        self.fuel -= 1
        handler = self._expressions.get(type(node))
        if handler is None or self._depth > _DEEPEST_EXPRESSION:
            return UNKNOWN
        self._depth += 1
        try:
            return handler(self, node)
        finally:
            self._depth -= 1

    def execute(self, body: Sequence[ast.stmt]) -> int:
        """Follow statements; returns how they end (see ``statements``)."""
        return self._body(self, body)

    def execute_one(self, node: ast.stmt) -> int:
        """Follow one statement; returns how it ends."""
        handler = self._statements.get(type(node))
        self.fuel -= 1
        before = self.follows
        if self.relevance is not None and not self.sites and self.code_site is None:
            self.follows = id(node) in self.relevance.statements
        try:
            return handler(self, node) if handler is not None else 0
        finally:
            # What stands around it goes on as it was.
            self.follows = before

    def inlines(self, function: Function) -> bool:
        """Tell whether a call of a function is followed."""
        return self.follows or self._matters(function)

    def _matters(self, function: Function) -> bool:
        known = self.relevance is None or id(function.node) in self.relevance.functions
        return known or id(function.node) in self._from_text

    def will_follow(self, function: Function, again: bool = False) -> None:
        """Have a function followed by itself later, unless it is only seen from inside of a call."""
        if self.code_site is not None:
            # Nobody has looked whether it matters, so it does.
            self._from_text.add(id(function.node))
            self.kept.append(function)
        if not isinstance(function.node, ast.Lambda) and not self._matters(function):
            return
        if not self.sites and (again or id(function.node) not in self._followed):
            self._followed.add(id(function.node))
            self.waiting.append((function, self.code_site))

    def call(self, callee: Value, call: Call) -> Value:
        """Return what a call returns, and collect the facts in it."""
        return self._call(self, callee, call)

    def typed(self, annotation: ast.expr | None) -> Value:
        """Return what is known about a value that is declared like this."""
        return self._typed(self, annotation) if annotation is not None else UNKNOWN

    def example(self, cls: Class) -> Instance:
        """Return the object that stands for `self` when the methods of a class are followed by themselves."""
        found = self._examples.get(id(cls))
        if found is None:
            found = self._examples[id(cls)] = Instance(cls)
            for base in reversed(cls.bases) if self._may_inherit(cls) else ():
                if isinstance(base, Class) and base is not cls:
                    found.attributes.update(self.example(base).attributes)
        return found

    def _may_inherit(self, cls: Class) -> bool:
        # Classes can be made their own bases by code that nobody runs.
        return len(self._examples) < _MOST_EXAMPLES

    def find(self, name: str) -> Value:
        """Return what a name stands for here."""
        found = self.scope.find(name)
        if found is not None:
            return found
        path = f"builtins.{name}"
        if path in self.patched:
            return self.patched[path]
        return names.builtin(name) or (self.refer(f"{self.stars[0]}.{name}") if self.stars else UNKNOWN)

    def emit(self, kind: Kind, node: ast.AST, target: str, how: str) -> None:
        """Note a fact."""
        if self.code_site is not None:
            node = self.code_site
            kind = Kind.CODE if kind in _LOADING else kind
        # What is to be changed about a span is its start, whoever has handed the tracer there.
        self.facts.add(Fact(kind, node, target, how), () if kind is Kind.SPAN else self.sites)

    def decorates(self, path: str, node: ast.expr) -> None:
        """Note that something from outside of the file is used as a decorator."""
        if self.world.watches(path):
            self.decorators.append((path, node))

    def refer(self, path: str, origin: object = None) -> Reference:
        """Return a reference; paths that grow without end are cut."""
        return Reference(path if len(path) <= 200 else path[:200].rpartition(".")[0], origin)


_LOADING = frozenset({Kind.DYNAMIC, Kind.LOADER, Kind.MODULES})
