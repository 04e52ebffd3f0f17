"""Containers of tracers and spans by their declaration, so that what is taken out of them is known."""

from __future__ import annotations

from collections.abc import Sequence

from lint_plugin.dataflow.run import Run
from lint_plugin.dataflow.values import UNKNOWN, Class, Instance, Items, Native, Reference, Table, Value, either

_ITERABLES = frozenset({
    "AsyncGenerator", "AsyncIterable", "AsyncIterator", "Collection", "Deque", "FrozenSet", "Generator", "Iterable",
    "Iterator", "List", "MutableSequence", "MutableSet", "Sequence", "Set", "deque", "frozenset", "list", "set",
})  # fmt: skip
_TUPLES = frozenset({"Tuple", "tuple"})
_MAPPINGS = frozenset({"DefaultDict", "Dict", "Mapping", "MutableMapping", "OrderedDict", "defaultdict", "dict"})
# What hands out an object when it is called or asked.
_HOLDERS = frozenset({"Callable", "ContextVar", "Type", "ref", "type"})


def container(run: Run, name: str, held: Sequence[Value]) -> Value | None:
    """Return what ``list[Tracer]`` and the like declare; ``None`` for a container of anything else.

    Args:
        run: the interpretation.
        name: of the container.
        held: what its parameters declare.
    """
    known: list[Value] = [one for one in held if isinstance(one, Reference) and run.world.watches(one.path)]
    if name in _TUPLES:
        # Of `tuple[Tracer, ...]` the number is not known, but there is one.
        return Items(known if held[-1] is UNKNOWN else list(held), tuple)
    if name in _ITERABLES:
        return Items([either(known)])
    last = held[-1]
    if last not in known:
        return None
    if name in _MAPPINGS:
        table = Table({})
        table.default = last
        return table
    giving = Native(lambda given, named: last)
    return Instance(Class(name, {"get": giving, "__call__": giving}, [])) if name in _HOLDERS else None
