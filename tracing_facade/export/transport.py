"""What carries an encoded request to a collector, and what can come of it."""

from __future__ import annotations

from typing import NamedTuple, Protocol, TypeAlias


class Delivered(NamedTuple):
    """The collector took the request, or all but some of its spans."""

    rejected: int = 0
    """How many spans it rejected for good (OTLP: partial success)."""
    message: str = ""
    """What it said about that; it may warn without rejecting anything."""


class Retry(NamedTuple):
    """The request may succeed later."""

    reason: str
    """A short, fixed word for the kind of failure, for counters and to tell whether it is a new one."""
    detail: str
    """What happened, for the log."""
    after: float | None = None
    """Seconds that the collector asked to wait."""


class Refused(NamedTuple):
    """The collector will never take this request."""

    reason: str
    detail: str


Outcome: TypeAlias = Delivered | Retry | Refused


class Transport(Protocol):
    """Sends requests, one at a time, from the worker's thread."""

    def send(self, payload: bytes, timeout: float) -> Outcome:
        """Send one ``ExportTraceServiceRequest``; returns within ``timeout`` seconds and does not raise."""

    def close(self) -> None:
        """Give up a ``send`` that is under way on another thread, and every connection; must be quick."""

    def reset_after_fork(self) -> None:
        """Forget in a forked child what belongs to the parent, without touching the parent's connections."""
