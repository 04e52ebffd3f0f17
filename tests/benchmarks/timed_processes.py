"""Runs commands in turn and tells the time, processor time and memory of each."""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Mapping
from typing import NamedTuple


class Candidate(NamedTuple):
    """A command that is measured.

    Args:
        words: the program and its arguments.
        environment: variables that it needs besides those of this process.
        folder: where it runs.
        fails: the exit codes that mean that it did not do its work.
    """

    words: tuple[str, ...]
    environment: Mapping[str, str] = {}
    folder: str = "."
    fails: tuple[int, ...] = (2, 126, 127)


class Cost(NamedTuple):
    """What one or several runs took.

    Args:
        wall: seconds that passed.
        processor: seconds of processor time, children included.
        megabytes: resident memory of the largest process.
    """

    wall: float
    processor: float
    megabytes: float


def run(candidate: Candidate) -> Cost:
    """Return what one run took.

    Raises:
        RuntimeError: the command did not do its work.
    """
    # A process that was forked counts the memory of the one before: without other work in between, as little as here.
    started = time.perf_counter()
    process = os.fork()
    if process == 0:
        _become(candidate)
    _, status, usage = os.wait4(process, 0)
    wall = time.perf_counter() - started
    code = os.waitstatus_to_exitcode(status)
    if code < 0 or code in candidate.fails:
        raise RuntimeError(f"{' '.join(candidate.words)} ended with {code}; run it by hand to see why")
    divisor = 1024 if sys.platform != "darwin" else 1024 * 1024
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / divisor)


def _become(candidate: Candidate) -> None:
    try:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nowhere, descriptor)
        os.chdir(candidate.folder)
        os.execvpe(candidate.words[0], candidate.words, {**os.environ, **candidate.environment})
    finally:
        os._exit(127)


def in_turn(candidates: Mapping[str, Candidate], rounds: int, before: int = 1) -> dict[str, list[Cost]]:
    """Return what the runs of each candidate took; a round visits all of them, so that a slow moment hits all.

    Args:
        candidates: by name.
        rounds: how often each has its turn.
        before: turns that do not count, in which caches fill.
    """
    costs: dict[str, list[Cost]] = {name: [] for name in candidates}
    for turn in range(before + rounds):
        for name, candidate in candidates.items():
            cost = run(candidate)
            if turn >= before:
                costs[name].append(cost)
    return costs


def summary(costs: list[Cost]) -> dict[str, float]:
    """Return the median and the least wall time and processor time, and the most memory."""
    return {
        "wall": round(statistics.median(cost.wall for cost in costs), 4),
        "least wall": round(min(cost.wall for cost in costs), 4),
        "processor": round(statistics.median(cost.processor for cost in costs), 4),
        "least processor": round(min(cost.processor for cost in costs), 4),
        "megabytes": round(max(cost.megabytes for cost in costs), 1),
    }


def ratio(ours: list[Cost], theirs: list[Cost], field: str = "wall") -> float:
    """Return the median, over the rounds, of how much more the one took than the other in the same round."""
    place = Cost._fields.index(field)
    return statistics.median(one[place] / max(other[place], 1e-9) for one, other in zip(ours, theirs, strict=True))
