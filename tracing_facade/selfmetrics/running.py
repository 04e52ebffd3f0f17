"""What is tracing now: which engine, and where its spans wait."""

from __future__ import annotations

from typing import Protocol


class Queue(Protocol):
    """What is asked of the buffer in which spans wait."""

    @property
    def capacity(self) -> int:
        """How many spans have room in it."""

    def __len__(self) -> int: ...


class Running:
    """What is tracing now, if anything is."""

    def __init__(self) -> None:
        self.engine = ""
        self.queue: Queue | None = None
        """Where finished spans wait; None while tracing is off."""

    def start(self, engine: str, queue: Queue) -> None:
        """Say which engine records from now on, and where its spans wait."""
        self.engine, self.queue = engine, queue

    def stop(self, queue: Queue | None) -> None:
        """Say that nothing waits in this queue any more; does nothing when another one is in use."""
        if self.queue is queue:
            self.engine, self.queue = "", None


RUNNING = Running()
