"""Measures what an operation costs on top of a bare one, in rounds in which every candidate has its turn."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from time import perf_counter_ns

Loop = Callable[[int], object]
"""Does its operation as often as it is told to, in a loop of its own."""

_TURN_NANOSECONDS = 1_000_000
"""Short, so that most turns are over before the operating system gives the processor to somebody else."""


def nothing(times: int) -> None:
    """Loop over nothing, which is the bare operation where there is no other."""
    for _ in range(times):
        pass


def added_nanoseconds(
    bare: Loop, candidates: Mapping[str, Loop], rounds: int, between: Callable[[], object]
) -> dict[str, float]:
    """Return by candidate the median, over the rounds, of its time less that of ``bare`` in the same round.

    Args:
        bare: what is done without tracing.
        candidates: what is compared.
        rounds: how often every candidate has its turn, which lasts about a millisecond.
        between: called after each turn, for example to flush; export has its own figures and happens then.
    """
    times = {name: _times_for_a_turn(candidate) for name, candidate in candidates.items()}
    added: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(rounds):
        for name, candidate in candidates.items():
            between()
            without = _timed(bare, times[name])
            took = _timed(candidate, times[name])
            added[name].append((took - without) / times[name])
    between()
    return {name: statistics.median(values) for name, values in added.items()}


def _times_for_a_turn(loop: Loop) -> int:
    _timed(loop, 200)
    return max(1, _TURN_NANOSECONDS * 200 // _timed(loop, 200))


def _timed(loop: Loop, times: int) -> int:
    started = perf_counter_ns()
    loop(times)
    return perf_counter_ns() - started
