"""Takes batches out of the buffer in short turns, so that no request waits long for the interpreter's lock."""

from __future__ import annotations

import time

from tracing_facade._engine.buffer import Batch, Buffer

MOST_BYTES = 3 * 1024 * 1024
"""A request stays below the 4 MiB that gRPC servers accept by default."""

_TURN_SECONDS = 100e-6
_PAUSE_SECONDS = 50e-6
_FEWEST_SPANS = 8


class BatchTaker:
    """Takes one batch at a time; used by one thread at a time.

    Judging and copying two thousand spans takes a third of a millisecond, and the interpreter would let nobody else run
    before it is over: for a request that comes just then, as long as for its own work. So a batch is made of several
    turns, each as many spans as there is time for, and whoever waits for the lock gets it in between.

    Args:
        buffer: where finished spans wait.
        batch_size: spans in one batch at most.
        turn: seconds of the processor that a turn may take. Time that passes while others have the lock does not count:
            shorter turns would only have to wait for it more often.
    """

    def __init__(self, buffer: Buffer, batch_size: int, turn: float = _TURN_SECONDS) -> None:
        self._buffer = buffer
        self._batch_size = batch_size
        self._turn_seconds = turn
        self._turn_size = min(64, batch_size)

    def take(self, patient: bool) -> Batch | None:
        """Take the oldest spans, encoded; they are in flight until they are released.

        Args:
            patient: whether requests go first. They do not when somebody waits for the spans to be delivered, nor while
                the buffer is more than half full: pauses would cost spans then.

        Returns:
            The batch, with at least one span, encoded or left out; None when none is waiting.
        """
        spans = left_out = size = 0
        scopes: dict[str, list[bytes]] = {}
        while spans + left_out < self._batch_size and size < MOST_BYTES:
            hurried = not patient or self._buffer.more_than_half_full
            most = self._batch_size - spans - left_out
            try:
                batch = self._buffer.take(most, MOST_BYTES - size) if hurried else self._turn(most, MOST_BYTES - size)
            except Exception:
                if not spans and not left_out:
                    raise
                # What is taken goes out; the next call meets the failure again if it lasts.
                break
            if batch is None:
                break
            spans += batch.spans
            left_out += batch.left_out
            for scope, encoded in batch.scopes:
                scopes.setdefault(scope, []).append(encoded)
                size += len(encoded)
        if not spans and not left_out:
            return None
        return Batch(spans, tuple((scope, b"".join(parts)) for scope, parts in scopes.items()), left_out)

    def _turn(self, most_spans: int, most_bytes: int) -> Batch | None:
        """Take as many spans as one turn has time for, then let others run."""
        began = time.thread_time()
        wanted = min(self._turn_size, most_spans)
        batch = self._buffer.take(wanted, most_bytes)
        if batch is not None:
            self._adapt(batch.spans + batch.left_out, time.thread_time() - began)
            time.sleep(_PAUSE_SECONDS)
        return batch

    def _adapt(self, taken: int, seconds: float) -> None:
        """Make the next turn longer or shorter; what one span takes depends on engine, policy and attributes."""
        if seconds > self._turn_seconds:
            self._turn_size = max(_FEWEST_SPANS, self._turn_size // 2)
        elif seconds < self._turn_seconds / 3 and taken >= self._turn_size:
            self._turn_size = min(self._batch_size, self._turn_size * 2)
