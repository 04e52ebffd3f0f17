"""Values that do something whenever anybody looks at them, and plain ones of all sizes."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from typing import Any


class Mishap(Exception):
    """What a hostile value raises; no function of the facade may let it through."""


LOOKED_AT = (
    "__str__", "__repr__", "__hash__", "__eq__", "__bool__", "__len__", "__iter__", "__int__", "__index__", "__float__",
    "__bytes__", "__format__", "__contains__", "__getitem__", "__call__", "__getattr__", "__lt__", "__fspath__",
    "__set_name__", "__length_hint__", "__instancecheck__", "keys", "items", "values", "get", "encode", "decode",
    "strip", "lower", "upper", "split",
)  # fmt: skip
"""What code looks at when it is given a value."""


def _method(name: str, misbehave: Callable[[], None], base: type) -> Callable[..., Any]:
    usual = getattr(base, name, None)

    def method(self: Any, *arguments: Any, **options: Any) -> Any:
        misbehave()
        if usual is None or name == "__getattr__":
            raise AttributeError(name)
        return usual(self, *arguments, **options)

    return method


def _destructor(misbehave: Callable[[], None]) -> Callable[[Any], None]:
    def destroy(self: Any) -> None:
        # Nobody would hear of it, and the interpreter would only print it.
        with contextlib.suppress(Mishap):
            misbehave()

    return destroy


def _pretended_class(misbehave: Callable[[], None], chosen: random.Random, base: type) -> Callable[[Any], type]:
    def pretend(self: Any) -> type:
        misbehave()
        return chosen.choice([str, int, dict, list, base])

    return pretend


def hostile_class(base: type, misbehave: Callable[[], None], chosen: random.Random) -> type:
    """Return a subclass of which some methods, and perhaps the destructor, do something else first."""
    names = chosen.sample(LOOKED_AT, chosen.randint(1, 6))
    body: dict[str, Any] = {name: _method(name, misbehave, base) for name in names}
    if "__eq__" in body and "__hash__" not in body and base.__hash__ is not None:
        body["__hash__"] = base.__hash__
    if chosen.random() < 0.6:
        body["__del__"] = _destructor(misbehave)
    if chosen.random() < 0.2:
        body["__class__"] = property(_pretended_class(misbehave, chosen, base))
    return type(f"Hostile{base.__name__.title()}", (base,), body)


class Values:
    """Makes values, hostile and plain ones.

    Args:
        chosen: decides which.
        misbehave: what a hostile value does when it is looked at; it may raise ``Mishap``.
    """

    def __init__(self, chosen: random.Random, misbehave: Callable[[], None]) -> None:
        self._chosen = chosen
        self._misbehave = misbehave

    def any(self, depth: int = 0) -> Any:
        """Return a value."""
        makers: list[Callable[[int], Any]] = [self.plain, self.plain, self.hostile, self.container]
        return self._chosen.choice(makers)(depth)

    def plain(self, depth: int = 0) -> Any:
        """Return a value of a type that attributes have."""
        chosen = self._chosen
        kinds: list[Callable[[], Any]] = [
            self.text,
            lambda: chosen.choice([0, 1, -1, 127, 128, (1 << 63) - 1, -(1 << 63), 1 << 63, 1 << 70, -(1 << 99)]),
            lambda: chosen.choice([0.0, -1.5, float("nan"), float("inf"), 1e308]),
            lambda: chosen.choice([True, False, None]),
            lambda: bytes(chosen.randrange(256) for _ in range(chosen.choice([0, 1, 9, 200]))),
            object,
        ]
        return chosen.choice(kinds)()

    def text(self) -> str:
        """Return a text: short or long, of any width, with surrogates at times."""
        chosen = self._chosen
        letters = chosen.choice(["ab", "aé", "a☃", "a😀", "a\ud800", "\x00\x7f", "password=", "Bearer x"])
        length = chosen.choice([0, 1, 3, 7, 8, 15, 16, 31, 33, 100, 127, 128, 700, 1025, 5000])
        if chosen.random() < 0.01:
            length = chosen.choice([16_383, 16_384, 32_760, 70_000, 300_000])
        return "".join(chosen.choices(letters, k=length)) if length < 2000 else letters * (length // len(letters))

    def hostile(self, depth: int = 0) -> Any:
        """Return an object that misbehaves."""
        base = self._chosen.choice([object, str, int, float, bytes, list, dict, tuple, set, Exception])
        kind = hostile_class(base, self._misbehave, self._chosen)
        try:
            return kind(self._content_for(base, depth)) if base is not object else kind()
        except Mishap:
            return self.plain()
        except Exception:
            return self.plain()

    def _content_for(self, base: type, depth: int) -> Any:
        if base is dict:
            return {self.text(): self.any(depth + 1) if depth < 3 else 1 for _ in range(self._chosen.randint(0, 4))}
        if base in (list, tuple, set):
            return [self.plain() for _ in range(self._chosen.randint(0, 4))]
        return {str: "hostile", int: 7, float: 0.5, bytes: b"hostile"}.get(base, "hostile")

    def container(self, depth: int = 0) -> Any:
        """Return a list, a dict, something of both, or what contains itself."""
        if depth > 3:
            return []
        items = [self.any(depth + 1) for _ in range(self._chosen.randint(0, 4))]
        kind = self._chosen.choice(["list", "tuple", "dict", "self", "generator", "view"])
        if kind == "list":
            return items
        if kind == "self":
            items.append(items)
            return items
        if kind == "dict":
            return {self.text(): item for item in items}
        return tuple(items) if kind == "tuple" else (item for item in items)

    def key(self) -> Any:
        """Return what is used as the name of an attribute."""
        return self.text() if self._chosen.random() < 0.8 else self.any()

    def mapping(self) -> Any:
        """Return what is used as a mapping of attributes."""
        if self._chosen.random() < 0.15:
            return self.any()
        made: dict[Any, Any] = {}
        for _ in range(self._chosen.choice([0, 1, 2, 3, 8, 140])):
            try:
                made[self.key()] = self.any()
            except Exception:
                made["unhashable"] = 1
        return made
