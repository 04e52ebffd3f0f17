"""Which names stand for what after a fork in the way: one of what each branch has made of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from lint_plugin.dataflow.values import Bound, Choice, Instance, Items, Method, Table, Value, either, same

# How statements end: they go on, or leave the loop, this round of it, or the function.
GOES_ON: Final = 0
BREAKS: Final = 1
CONTINUES: Final = 2
LEAVES: Final = 3

Names = dict[str, Value]


def alike_states(one: Names, other: Names) -> bool:
    """Tell whether a round of a loop has changed nothing that would make the next round different."""
    return one.keys() == other.keys() and all(_alike(value, other[name], 3) for name, value in one.items())


def _alike(one: Value, other: Value, depth: int) -> bool:
    if one is other or same(one, other):
        return True
    if type(one) is not type(other) or not depth:
        return False
    if isinstance(one, Items) and isinstance(other, Items):
        pairs = zip(one.items, other.items, strict=False)
        return len(one.items) == len(other.items) and all(_alike(a, b, depth - 1) for a, b in pairs)
    if isinstance(one, Table) and isinstance(other, Table):
        return one.entries.keys() == other.entries.keys()
    if isinstance(one, Instance) and isinstance(other, Instance):
        return one.cls is other.cls
    return isinstance(one, (Choice, Method, Bound))


def merged(states: Sequence[Names]) -> Names:
    """Return the names after branches that end in these states."""
    if len(states) == 1:
        return states[0]
    result = dict(states[0])
    for state in states[1:]:
        for name, value in state.items():
            known = result.get(name)
            if known is None:
                result[name] = value
            elif known is not value and not same(known, value):
                result[name] = either([known, value])
    return result
