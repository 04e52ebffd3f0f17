"""Measures what an operation costs on top of a bare one, in rounds in which every candidate has its turn."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from time import perf_counter_ns
from typing import NamedTuple

Loop = Callable[[int], object]
"""Does its operation as often as it is told to, in a loop of its own."""

_TURN_NANOSECONDS = 1_000_000
"""Short, so that most turns are over before the operating system gives the processor to somebody else."""


class Candidate(NamedTuple):
    """What is compared with others."""

    loop: Loop
    bare: Loop
    """Does the same without what is measured, and is subtracted."""
    per: int = 1
    """How often one pass of ``loop`` does what is measured."""


def nothing(times: int) -> None:
    """Loop over nothing, which is the bare operation where there is no other."""
    for _ in range(times):
        pass


def added_nanoseconds(
    candidates: Mapping[str, Candidate], rounds: int, between: Callable[[], object]
) -> dict[str, list[float]]:
    """Return by candidate, for each round, its time less that of its bare operation in the same round.

    Args:
        candidates: what is compared.
        rounds: how often every candidate has its turn, which lasts about a millisecond.
        between: called before each turn, for example to flush; export has its own figures and happens then.
    """
    times = {name: _times_for_a_turn(candidate.loop) for name, candidate in candidates.items()}
    added: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(rounds):
        for name, candidate in candidates.items():
            between()
            without = timed(candidate.bare, times[name])
            took = timed(candidate.loop, times[name])
            added[name].append((took - without) / times[name] / candidate.per)
    between()
    return added


def medians(added: Mapping[str, list[float]]) -> dict[str, float]:
    """Return by candidate the median over the rounds."""
    return {name: statistics.median(values) for name, values in added.items()}


def _times_for_a_turn(loop: Loop) -> int:
    timed(loop, 200)
    return max(1, _TURN_NANOSECONDS * 200 // timed(loop, 200))


def timed(loop: Loop, times: int) -> int:
    """Return the nanoseconds that a loop takes."""
    started = perf_counter_ns()
    loop(times)
    return perf_counter_ns() - started


def least_added(candidate: Candidate, rounds: int, between: Callable[[], object]) -> float:
    """Return the least nanoseconds that a candidate was ever seen to add: what other work on the machine cannot hide.

    Args:
        candidate: what is measured.
        rounds: how often it has its turn.
        between: called before each turn.
    """
    times = _times_for_a_turn(candidate.loop)
    took, without = [], []
    for _ in range(rounds):
        between()
        without.append(timed(candidate.bare, times))
        took.append(timed(candidate.loop, times))
    return (min(took) - min(without)) / times / candidate.per
