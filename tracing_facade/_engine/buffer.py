"""The bounded buffer between the threads that end spans and the worker that exports them."""

from __future__ import annotations

import contextlib
import enum
import threading
from collections import deque
from collections.abc import Callable
from itertools import repeat
from typing import NamedTuple, Protocol

from tracing_facade import selfmetrics
from tracing_facade._engine.encoding import FinishedSpan, encode_span, encoded_or_dropped
from tracing_facade._engine.shape import OWN_SCOPE


class Batch(NamedTuple):
    """Encoded spans on their way out; ``release`` must be told about all of them and those that were left out."""

    spans: int
    """How many spans it holds."""
    scopes: tuple[tuple[str, bytes], ...]
    """By instrumentation scope, the spans as repeated field 2 of ``ScopeSpans``."""
    left_out: int = 0
    """How many spans could not be encoded; they are counted as dropped already."""


class Progress(NamedTuple):
    """How far export has come. Spans are exported in the order in which they ended, so two numbers tell it all."""

    settled: int
    """How many of the accepted spans are done with, delivered or lost."""
    lost: int
    """How many spans were lost for whatever reason, also those that were never accepted."""


class Buffer(Protocol):
    """What ``SpanBuffer`` does, whichever engine does it."""

    @property
    def capacity(self) -> int:
        """How many spans it holds at most, those that are being delivered included."""

    @property
    def full(self) -> bool:
        """Whether the next span would be dropped."""

    @property
    def more_than_half_full(self) -> bool:
        """Whether the room is running out."""

    def listen(self, on_first: Callable[[], object], on_half_full: Callable[[], object]) -> None:
        """Call ``on_first`` when the first span comes, and ``on_half_full`` when half of the room is used up."""

    def add(self, span: FinishedSpan) -> bool:
        """Take one finished span; False when there was no room, which is counted as ``spans_dropped``."""

    def take(self, most_spans: int, most_bytes: int) -> Batch | None:
        """Take the oldest spans, encoded; they are in flight until ``release``."""

    def release(self, done: int, lost: int = 0) -> None:
        """Make room for ``done`` spans that were taken and are done with, ``lost`` of them without being delivered."""

    def mark(self) -> int:
        """Return how many spans have been accepted."""

    def progress(self) -> Progress:
        """Return how far export has come."""

    def close(self) -> None:
        """Drop what comes from now on; what is there can still be taken."""

    def abandon(self) -> None:
        """Let go of what waits, which nobody will take any more."""

    def reset_after_fork(self) -> None:
        """Forget everything in a forked child."""

    def __len__(self) -> int: ...


class _Room(enum.Enum):
    """How much room a buffer has for one more span."""

    NONE = enum.auto()
    LITTLE = enum.auto()
    ENOUGH = enum.auto()


class SpanBuffer:
    """Holds finished spans until they are delivered; drops the newest, counted, when it is full.

    ``add`` takes no lock. Each place in the buffer is a permit: a thread pops one (atomic, one thread gets it), then
    appends its span (atomic), and ``release`` gives the permit back when the span is done with. So the permits, the
    waiting spans, those between a pop and an append, and those in flight always sum up to the capacity, and the bound
    is exact with any number of threads. When the permits run out the slow path asks for more, and that, no counter and
    no timer, is how the worker is started by the first span and woken when the buffer is half full.

    The last quarter of the permits is given out one by one: whoever ends a span then encodes it himself. That is the
    worker's work, done by those who make too much of it for one thread, so that they cannot outrun it without end.

    Args:
        capacity: how many spans it holds at most, those that are being delivered included.
        encode: how spans are encoded, on the thread that takes them; when the room runs out, on the thread that adds
            them.
    """

    def __init__(self, capacity: int, encode: Callable[[FinishedSpan], bytes] = encode_span) -> None:
        self.capacity = capacity
        self._encode = encode
        self._first_half = max(1, capacity // 2)
        self._second_half = capacity - self._first_half
        self._last_quarter = capacity // 4
        self._on_first: Callable[[], object] = _nothing
        self._on_half_full: Callable[[], object] = _nothing
        self._closed = False
        self._begin()

    def _begin(self) -> None:
        # Re-entrant, since a destructor or a signal handler may end a span while its own thread is in here.
        self._lock = threading.RLock()
        self._waiting: deque[FinishedSpan | bytes] = deque()
        # Bytes are an encoded span of ours.
        self._permits: deque[None] = deque()
        self._withheld = self.capacity
        self._opened = False
        self._taken = self._settled = self._lost = 0

    def listen(self, on_first: Callable[[], object], on_half_full: Callable[[], object]) -> None:
        """Call ``on_first`` when the first span comes, and ``on_half_full`` when half of the room is used up.

        Both are called on the thread that ended the span, so they must be quick; a few extra calls are possible.
        """
        self._on_first, self._on_half_full = on_first, on_half_full

    def add(self, span: FinishedSpan) -> bool:
        """Take one finished span; False when there was no room, which is counted as ``spans_dropped``."""
        try:
            self._permits.pop()
        except IndexError:
            room = self._find_room()
            if room is _Room.NONE:
                return False
            if room is _Room.LITTLE:
                self._waiting.append(self._encoded(span))
                return True
        self._waiting.append(span)
        return True

    def __len__(self) -> int:
        """Return how many places are taken: spans that wait, and those in flight."""
        return self.capacity - self._withheld - len(self._permits)

    @property
    def more_than_half_full(self) -> bool:
        """Whether the room is running out."""
        return len(self) > self._first_half

    @property
    def full(self) -> bool:
        """Whether the next span would be dropped."""
        return len(self) >= self.capacity

    def take(self, most_spans: int, most_bytes: int) -> Batch | None:
        """Take the oldest spans and encode them; they are in flight until ``release``. For one thread at a time.

        Args:
            most_spans: the limit on their number.
            most_bytes: stop after the span that reaches this size.

        Returns:
            The batch, with at least one span, encoded or left out; None when none is waiting.
        """
        spans = self._pop(most_spans)
        if not spans:
            return None
        scopes: dict[str, list[bytes]] = {}
        size = left_out = position = 0
        for position, span in enumerate(spans, 1):
            if type(span) is bytes:
                scope, encoded = OWN_SCOPE, span
            else:
                scope, encoded = span.scope, encoded_or_dropped(span, self._encode)  # type: ignore[union-attr, arg-type]  # no bytes
            if encoded:
                scopes.setdefault(scope, []).append(encoded)
                size += len(encoded)
            else:
                left_out += 1
            if size >= most_bytes:
                self._push_back(spans[position:])
                break
        joined = tuple((scope, b"".join(parts)) for scope, parts in scopes.items())
        return Batch(position - left_out, joined, left_out)

    def release(self, done: int, lost: int = 0) -> None:
        """Make room for ``done`` spans that were taken and are done with, ``lost`` of them without being delivered."""
        with self._lock:
            self._settled += done
            self._lost += lost
            # The second half is withheld first, so that the worker is woken again when the first is used up.
            kept = done if self._closed else max(0, min(done, self._second_half - self._withheld))
            self._withheld += kept
            self._permits.extend(repeat(None, done - kept))

    def mark(self) -> int:
        """Return how many spans have been accepted; all are done with once ``progress().settled`` is as large."""
        with self._lock:
            return self._taken + len(self._waiting)

    def progress(self) -> Progress:
        """Return how far export has come."""
        with self._lock:
            return Progress(self._settled, self._lost)

    def close(self) -> None:
        """Drop what comes from now on, counted as ``shutdown``; what is there can still be taken."""
        with self._lock:
            self._closed = True
            with contextlib.suppress(IndexError):
                while True:
                    # One by one: a permit that another thread pops at this moment is that thread's.
                    self._permits.pop()
                    self._withheld += 1

    def abandon(self) -> None:
        """Let go of what waits, which nobody will take any more."""
        with self._lock:
            self._taken += len(self._waiting)
            self._waiting = deque()

    def reset_after_fork(self) -> None:
        """Forget everything in a forked child: the parent exports what was there."""
        forgotten = self._waiting
        self._begin()
        # Last: destructors of an application may end spans, which are the child's own.
        del forgotten

    def _find_room(self) -> _Room:
        with self._lock:
            reason = "shutdown" if self._closed else "" if self._withheld else "queue_full"
            if reason:
                self._lost += 1
            elif self._opened and self._withheld <= self._last_quarter:
                self._withheld -= 1
                return _Room.LITTLE
            else:
                notify = self._on_half_full if self._opened else self._on_first
                granted = self._withheld - self._last_quarter if self._opened else self._first_half
                self._opened = True
                self._withheld -= granted
                self._permits.extend(repeat(None, granted - 1))
        if reason:
            selfmetrics.COUNTERS.add("spans_dropped", reason)
            return _Room.NONE
        try:
            notify()
        except Exception:
            # No thread can be started, for example. The span stays; flush and the next call try again.
            selfmetrics.COUNTERS.add("internal_faults", "wake_worker")
        return _Room.ENOUGH

    def _encoded(self, span: FinishedSpan) -> FinishedSpan | bytes:
        """Return a span of ours encoded, and others as they are: the worker groups them by their scope."""
        try:
            return self._encode(span) if span.scope == OWN_SCOPE else span
        except Exception:
            return span  # which the worker will find out again, and count

    def _pop(self, most: int) -> list[FinishedSpan | bytes]:
        # The lock keeps `mark` exact, and is free unless somebody flushes or the buffer is full.
        with self._lock:
            count = min(most, len(self._waiting))
            pop = self._waiting.popleft
            spans = [pop() for _ in range(count)]
            self._taken += count
            return spans

    def _push_back(self, spans: list[FinishedSpan | bytes]) -> None:
        with self._lock:
            self._waiting.extendleft(reversed(spans))
            self._taken -= len(spans)


def _nothing() -> None:
    """Nobody listens."""
