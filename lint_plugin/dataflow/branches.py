"""Which names stand for what after a fork in the way: one of what each branch has made of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from lint_plugin.dataflow.values import Value, either, same

# How statements end: they go on, or leave the loop, this round of it, or the function.
GOES_ON: Final = 0
BREAKS: Final = 1
CONTINUES: Final = 2
LEAVES: Final = 3

Names = dict[str, Value]


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
