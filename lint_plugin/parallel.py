"""Spreads work over processes by forking, which costs next to nothing where it is possible."""

from __future__ import annotations

import marshal
import os
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

Item = TypeVar("Item")

# Bytes; below this a second process costs more than it saves.
_WORTH_IT = 1_500_000


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def spread(
    items: Sequence[Item], sizes: Sequence[int], jobs: int, work: Callable[[Sequence[Item]], list[Any]]
) -> list[Any]:
    """Return what ``work`` returns for all items, in their order.

    Args:
        items: what is to be worked on.
        sizes: how much work each is.
        jobs: how many processes at most.
        work: returns one result for each item, made of tuples, lists, texts and numbers.
    """
    if jobs <= 1 or not hasattr(os, "fork") or sum(sizes) < _WORTH_IT:
        return work(items)
    shares = _shares(sizes, jobs)
    children = [_Child([items[place] for place in share], work) for share in shares[1:]]
    results: list[Any] = [None] * len(items)
    for place, result in zip(shares[0], work([items[place] for place in shares[0]]), strict=True):
        results[place] = result
    for share, child in zip(shares[1:], children, strict=True):
        answer = child.answer()
        # What a child could not do, because it was killed for example, is done here.
        found = answer if answer is not None else work([items[place] for place in share])
        for place, result in zip(share, found, strict=True):
            results[place] = result
    return results


def _shares(sizes: Sequence[int], jobs: int) -> list[list[int]]:
    """Divide places so that each share is about the same amount of work."""
    shares: list[list[int]] = [[] for _ in range(jobs)]
    loads = [0] * jobs
    for place in sorted(range(len(sizes)), key=lambda place: -sizes[place]):
        least = loads.index(min(loads))
        shares[least].append(place)
        # Opening a file is work too.
        loads[least] += sizes[place] + 4_000
    return [sorted(share) for share in shares]


class _Child:
    def __init__(self, items: Sequence[Any], work: Callable[[Sequence[Any]], list[Any]]) -> None:
        reader, writer = os.pipe()
        self._process = os.fork()
        if self._process == 0:
            os.close(reader)
            status = 1
            try:
                with os.fdopen(writer, "wb") as stream:
                    stream.write(marshal.dumps(work(items)))
                status = 0
            finally:
                # Nothing of the parent's is to be flushed or cleaned up here.
                os._exit(status)
        os.close(writer)
        self._reader = reader

    def answer(self) -> list[Any] | None:
        with os.fdopen(self._reader, "rb") as stream:
            data = stream.read()
        _, status = os.waitpid(self._process, 0)
        if status:
            return None
        found: list[Any] = marshal.loads(data)
        return found
