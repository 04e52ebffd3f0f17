"""What is known about a value without running the program: a constant, an origin, a structure, or nothing."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeAlias

# More alternatives than this are not told apart.
MOST_OPTIONS = 12


class Value:
    """Something that an expression may stand for."""

    __slots__ = ()


class Unknown(Value):
    """Nothing is known."""

    __slots__ = ()


UNKNOWN: Final = Unknown()


class Constant(Value):
    """A number, text, bytes, ``None`` or another immutable value of the language."""

    __slots__ = ("data",)

    def __init__(self, data: object) -> None:
        self.data = data


class Text(Value):
    """A string of which only the beginning is known."""

    __slots__ = ("prefix",)

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix


class Reference(Value):
    """An object known by where it comes from: ``importlib.import_module``; ``a.b()`` is what a call of it returns.

    What a call of the facade returns has the call as its origin, and so have its methods.
    """

    __slots__ = ("origin", "path")

    def __init__(self, path: str, origin: object = None) -> None:
        self.path = path
        self.origin = origin


class Items(Value):
    """A list, tuple, set or iterator whose elements are known in number and order."""

    __slots__ = ("items", "kind")

    def __init__(self, items: list[Value], kind: type = list) -> None:
        self.items = items
        self.kind = kind


class Table(Value):
    """A dictionary with constant keys."""

    __slots__ = ("default", "entries")

    def __init__(self, entries: dict[Any, Value]) -> None:
        self.entries = entries
        # What a missing key yields, when the dictionary fills itself.
        self.default: Value | None = None


class Choice(Value):
    """One of several values, depending on what cannot be decided."""

    __slots__ = ("options",)

    def __init__(self, options: tuple[Value, ...]) -> None:
        self.options = options


FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Scope:
    """The names of a module, a class or one call of a function."""

    __slots__ = ("is_class", "is_comprehension", "names", "outside", "parent")

    def __init__(self, parent: Scope | None = None, is_class: bool = False, is_comprehension: bool = False) -> None:
        self.names: dict[str, Value] = {}
        self.parent = parent
        self.is_class = is_class
        self.is_comprehension = is_comprehension
        # Names declared `global` or `nonlocal`, and the scope in which they live.
        self.outside: dict[str, Scope] = {}

    @property
    def module(self) -> Scope:
        """The outermost scope."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def find(self, name: str) -> Value | None:
        """Return what a name stands for here; a class hides its names from the functions in it."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names and (scope is self or not scope.is_class):
                return scope.names[name]
            scope = scope.parent
        return None

    def bind(self, name: str, value: Value) -> None:
        """Let a name stand for a value."""
        self.outside.get(name, self).names[name] = value

    @property
    def lasting(self) -> Scope:
        """Where ``:=`` binds: the scope around comprehensions."""
        scope = self
        while scope.is_comprehension and scope.parent is not None:
            scope = scope.parent
        return scope


class Function(Value):
    """A function or lambda of the checked file."""

    __slots__ = ("defaults", "keyword_defaults", "node", "owner", "scope")

    def __init__(
        self, node: FunctionNode, scope: Scope, defaults: list[Value], keyword_defaults: dict[str, Value]
    ) -> None:
        self.node = node
        self.scope = scope
        self.defaults = defaults
        self.keyword_defaults = keyword_defaults
        self.owner: Class | None = None


class Class(Value):
    """A class of the checked file."""

    __slots__ = ("attributes", "bases", "metaclass", "name", "subclasses")

    def __init__(
        self, name: str, attributes: dict[str, Value], bases: list[Value], metaclass: Value | None = None
    ) -> None:
        self.metaclass = metaclass
        self.name = name
        self.attributes = attributes
        self.bases = bases
        self.subclasses: list[Value] = []


class Instance(Value):
    """An object of a class of the checked file."""

    __slots__ = ("attributes", "cls")

    def __init__(self, cls: Class, attributes: dict[str, Value] | None = None) -> None:
        self.cls = cls
        self.attributes: dict[str, Value] = {} if attributes is None else attributes


class Bound(Value):
    """A callable with its first argument."""

    __slots__ = ("callee", "receiver")

    def __init__(self, callee: Value, receiver: Value) -> None:
        self.callee = callee
        self.receiver = receiver


class Method(Value):
    """A method of a value that the language itself provides, such as ``"".join``."""

    __slots__ = ("name", "receiver")

    def __init__(self, receiver: Value, name: str) -> None:
        self.receiver = receiver
        self.name = name


class Partial(Value):
    """A callable with some of its arguments."""

    __slots__ = ("arguments", "callee", "keywords")

    def __init__(self, callee: Value, arguments: list[Value], keywords: dict[str, Value]) -> None:
        self.callee = callee
        self.arguments = arguments
        self.keywords = keywords


class Descriptor(Value):
    """What ``property``, ``staticmethod`` and ``classmethod`` make of a function."""

    __slots__ = ("function", "kind")

    def __init__(self, kind: str, function: Value) -> None:
        self.kind = kind
        self.function = function


NativeCall: TypeAlias = Callable[[Sequence[Value], dict[str, Value]], Value]


class Native(Value):
    """A callable whose effect on values we know, such as what ``operator.attrgetter("a")`` returns."""

    __slots__ = ("run",)

    def __init__(self, run: NativeCall) -> None:
        self.run = run


class Code(Value):
    """Compiled source text."""

    __slots__ = ("mode", "source")

    def __init__(self, source: str, mode: str) -> None:
        self.source = source
        self.mode = mode


class Namespace(Value):
    """The names of a scope as an object: ``globals()``, ``vars()``, the checked module itself."""

    __slots__ = ("scope",)

    def __init__(self, scope: Scope) -> None:
        self.scope = scope


def options(value: Value) -> tuple[Value, ...]:
    """Return the alternatives of a value."""
    return value.options if isinstance(value, Choice) else (value,)


def either(values: Iterable[Value]) -> Value:
    """Return a value that is one of these."""
    found: list[Value] = []
    for value in values:
        for option in options(value):
            if not any(same(option, other) for other in found):
                found.append(option)
    if not found:
        return UNKNOWN
    if len(found) > MOST_OPTIONS:
        found = [*found[: MOST_OPTIONS - 1], UNKNOWN]
    return found[0] if len(found) == 1 else Choice(tuple(found))


def same(left: Value, right: Value) -> bool:
    """Tell whether two values are certainly the same."""
    if left is right:
        return True
    if type(left) is not type(right):
        return False
    if isinstance(left, Constant) and isinstance(right, Constant):
        return type(left.data) is type(right.data) and left.data == right.data
    if isinstance(left, Reference) and isinstance(right, Reference):
        return left.path == right.path
    return isinstance(left, Text) and isinstance(right, Text) and left.prefix == right.prefix


def truth(value: Value) -> bool | None:
    """Return whether a value is true in a condition, or ``None`` when that is not known."""
    if isinstance(value, Constant):
        return bool(value.data)
    if isinstance(value, Items):
        return bool(value.items)
    if isinstance(value, Table):
        return bool(value.entries)
    if isinstance(value, (Function, Class, Bound, Method, Partial, Native, Code)):
        return True
    if isinstance(value, Choice):
        found = {truth(option) for option in value.options}
        return found.pop() if len(found) == 1 else None
    return bool(value.prefix) or None if isinstance(value, Text) else None


def may_be(value: Value, wanted: bool) -> Value | None:
    """Return the alternatives of a value that may be true, or false, in a condition."""
    found = [option for option in options(value) if truth(option) is not (not wanted)]
    return either(found) if found else None
