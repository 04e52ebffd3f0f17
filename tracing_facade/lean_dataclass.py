"""Frozen data classes that generate no code: the standard library's compile six functions for each, in every process.

Nine such classes took a tenth of ``import`` and ``configure``. These are data classes for all purposes (``fields``,
``replace``, ``asdict``, type checkers), whose methods walk over the fields instead.
"""

from __future__ import annotations

import copy
import dataclasses
from dataclasses import MISSING, Field, FrozenInstanceError
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(*, frozen: bool, eq: bool = True, slots: bool = False, kw_only: bool = False) -> Any:
        """Return what makes a class a data class, as the standard library's decorator of that name does.

        Args:
            frozen: always True, and there for type checkers and readers.
            eq: whether instances are compared and hashed by their fields.
            slots: whether they have slots.
            kw_only: whether all fields are given by name.
        """
        if not frozen:
            raise TypeError("a lean data class is frozen")
        methods = {**_METHODS, **(_COMPARING if eq else {}), **(_PICKLING if slots else {})}

        def decorate(plain: type) -> type:
            made = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots, kw_only=kw_only)(plain)
            for name, method in methods.items():
                setattr(made, name, method)
            return made

        return decorate


def _generated(kind: Any) -> Any:
    """Return a data class of the standard library's with the same fields, which knows what it is to be called with."""
    fields = [(item.name, item.type, copy.copy(item)) for item in dataclasses.fields(kind)]
    return dataclasses.make_dataclass(kind.__qualname__, fields)


class _SignatureOnDemand:
    """Makes ``inspect.signature`` and ``help`` show the fields."""

    def __get__(self, instance: object, owner: Any) -> Any:
        import inspect  # not at the top: nobody but readers asks

        return inspect.signature(_generated(owner))


def _default_of(item: Field[Any]) -> Any:
    return item.default if item.default_factory is MISSING else item.default_factory()


def _init(self: Any, /, *positional: Any, **named: Any) -> None:
    given = dict(zip(type(self).__match_args__, positional, strict=False), **named)
    wrong = len(given) < len(positional) + len(named)
    for item in dataclasses.fields(self):
        value = given.pop(item.name, MISSING)
        if value is MISSING:
            value = _default_of(item)
            wrong = wrong or value is MISSING
        object.__setattr__(self, item.name, value)
    if wrong or given:
        _generated(type(self))(*positional, **named)  # which raises, in the words that everybody knows
    if hasattr(self, "__post_init__"):
        self.__post_init__()


def _repr(self: Any) -> str:
    shown = [f"{item.name}={getattr(self, item.name)!r}" for item in dataclasses.fields(self) if item.repr]
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _setattr(self: object, name: str, value: Any) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _delattr(self: object, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _values(self: Any) -> list[Any]:
    return [getattr(self, item.name) for item in dataclasses.fields(self)]


def _eq(self: Any, other: Any) -> Any:
    return _values(self) == _values(other) if type(other) is type(self) else NotImplemented


def _hash(self: Any) -> int:
    return hash(tuple(_values(self)))


def _setstate(self: Any, values: list[Any]) -> None:
    for item, value in zip(dataclasses.fields(self), values, strict=True):
        object.__setattr__(self, item.name, value)


_METHODS = {
    "__init__": _init, "__repr__": _repr, "__setattr__": _setattr, "__delattr__": _delattr,
    "__signature__": _SignatureOnDemand(),
}  # fmt: skip
_COMPARING = {"__eq__": _eq, "__hash__": _hash}
_PICKLING = {"__getstate__": _values, "__setstate__": _setstate}
