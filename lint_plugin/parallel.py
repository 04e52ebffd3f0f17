"""Spreads work over processes by forking, which costs next to nothing where it is possible."""

from __future__ import annotations

import marshal
import os
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

Item = TypeVar("Item")

# Items; for so few another process costs more than it saves.
_WORTH_IT = 60
# Chunks that processes take one after the other, so that none waits for another's long ones; their numbers are bytes.
_MOST_CHUNKS = 200


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def is_spread(items: Sequence[object], jobs: int) -> bool:
    """Tell whether so many items are given to several processes."""
    return jobs > 1 and hasattr(os, "fork") and len(items) > _WORTH_IT


def spread(items: Sequence[Item], jobs: int, work: Callable[[Sequence[Item]], list[Any]]) -> list[Any]:
    """Return what ``work`` returns for all items, in their order.

    Args:
        items: what is to be worked on.
        jobs: how many processes at most.
        work: returns one result for each item, made of tuples, lists, texts and numbers.
    """
    if not is_spread(items, jobs):
        return work(items)
    size = len(items) // _MOST_CHUNKS + 1
    chunks = [items[start : start + size] for start in range(0, len(items), size)]
    queue, filling = os.pipe()
    os.write(filling, bytes(range(len(chunks))))
    os.close(filling)
    children = [_Child(queue, chunks, work) for _ in range(jobs - 1)]
    done = _taken(queue, chunks, work)
    os.close(queue)
    for child in children:
        done.update(child.answer())
    # What a child could not do, because it was killed for example, is done here.
    results = (done[number] if number in done else work(chunk) for number, chunk in enumerate(chunks))
    return [one for result in results for one in result]


def _taken(queue: int, chunks: Sequence[Sequence[Item]], work: Callable[[Sequence[Item]], list[Any]]) -> dict[int, Any]:
    """Work on chunks that nobody else has taken, until there are none."""
    done = {}
    while number := os.read(queue, 1):
        done[number[0]] = work(chunks[number[0]])
    return done


class _Child:
    def __init__(self, queue: int, chunks: Sequence[Sequence[Any]], work: Callable[[Sequence[Any]], list[Any]]) -> None:
        reader, writer = os.pipe()
        self._process = os.fork()
        if self._process == 0:
            os.close(reader)
            status = 1
            try:
                with os.fdopen(writer, "wb") as stream:
                    stream.write(marshal.dumps(_taken(queue, chunks, work)))
                status = 0
            finally:
                # Nothing of the parent's is to be flushed or cleaned up here.
                os._exit(status)
        os.close(writer)
        self._reader = reader

    def answer(self) -> dict[int, Any]:
        with os.fdopen(self._reader, "rb") as stream:
            data = stream.read()
        _, status = os.waitpid(self._process, 0)
        found: dict[int, Any] = {} if status else marshal.loads(data)
        return found
