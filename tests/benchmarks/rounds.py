"""Measures what an operation costs on top of a bare one, in rounds in which every candidate has its turn."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from time import perf_counter_ns

Loop = Callable[[int], object]
"""Does its operation as often as it is told to, in a loop of its own."""


def nothing(times: int) -> None:
    """Loop over nothing, which is the bare operation where there is no other."""
    for _ in range(times):
        pass


def added_nanoseconds(
    bare: Loop, candidates: Mapping[str, Loop], rounds: int, times: int, between: Callable[[], object]
) -> dict[str, float]:
    """Return by candidate the median, over the rounds, of its time less that of ``bare`` in the same round.

    Args:
        bare: what is done without tracing.
        candidates: what is compared.
        rounds: how often every candidate has its turn; one more is not counted.
        times: operations in one turn; few enough that export, which has its own figures, need not happen within it.
        between: called after each turn, for example to flush.
    """
    added: dict[str, list[float]] = {name: [] for name in candidates}
    for number in range(rounds + 1):
        for name, candidate in candidates.items():
            between()
            without = _timed(bare, times)
            took = _timed(candidate, times)
            if number:
                added[name].append((took - without) / times)
    between()
    return {name: statistics.median(values) for name, values in added.items()}


def _timed(loop: Loop, times: int) -> int:
    started = perf_counter_ns()
    loop(times)
    return perf_counter_ns() - started
