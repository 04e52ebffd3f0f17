"""Spreads work over processes by forking, which costs next to nothing where it is possible."""

from __future__ import annotations

import marshal
import os
import sys
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
    return can_fork(jobs) and len(items) > _WORTH_IT


def can_fork(jobs: int) -> bool:
    """Tell whether there may be, and can be, more than one process."""
    return jobs > 1 and hasattr(os, "fork")


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
    children = [Errand(lambda: _taken(queue, chunks, work)) for _ in range(jobs - 1)]
    done = _taken(queue, chunks, work)
    os.close(queue)
    for child in children:
        done.update(child.answer() or {})
    # What a child could not do, because it was killed for example, is done here.
    results = (done[number] if number in done else work(chunk) for number, chunk in enumerate(chunks))
    return [one for result in results for one in result]


def _taken(queue: int, chunks: Sequence[Sequence[Item]], work: Callable[[Sequence[Item]], list[Any]]) -> dict[int, Any]:
    """Work on chunks that nobody else has taken, until there are none."""
    done = {}
    while number := os.read(queue, 1):
        done[number[0]] = work(chunks[number[0]])
    return done


def has_threads() -> bool:
    """Tell whether this process has other threads: what they hold when it forks is never let go of in the child."""
    threading = sys.modules.get("threading")
    return threading is not None and threading.active_count() > 1


class Errand:
    """Something that another process does meanwhile.

    Args:
        work: returns lists, tuples, texts and numbers.
    """

    def __init__(self, work: Callable[[], Any]) -> None:
        reader, writer = os.pipe()
        self._process = os.fork()
        if self._process == 0:
            os.close(reader)
            status = 1
            try:
                with os.fdopen(writer, "wb") as stream:
                    stream.write(marshal.dumps(work()))
                status = 0
            finally:
                # Nothing of the parent's is to be flushed or cleaned up here.
                os._exit(status)
        os.close(writer)
        self._reader = reader
        self._status: int | None = None

    def is_over(self) -> bool:
        """Tell whether the process has ended; one with much to tell first wants its answer to be taken."""
        if self._status is None:
            process, status = os.waitpid(self._process, os.WNOHANG)
            self._status = status if process else None
        return self._status is not None

    def answer(self) -> Any:
        """Return what ``work`` has returned, or ``None`` when it raised or was killed; to be asked once."""
        with os.fdopen(self._reader, "rb") as stream:
            data = stream.read()
        if not self.is_over():
            self._status = os.waitpid(self._process, 0)[1]
        return None if self._status else marshal.loads(data)
