"""Moves batches from the buffer to the collector, and decides what becomes of each after every attempt."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from tracing_facade import selfmetrics
from tracing_facade._engine.buffer import Buffer
from tracing_facade._engine.encoding import encode_request, encode_resource
from tracing_facade.export.retry import Backoff
from tracing_facade.export.transport import Delivered, Outcome, Refused, Retry, Transport
from tracing_facade.export.turns import BatchTaker

logger = logging.getLogger("tracing_facade.export")


class Pause(NamedTuple):
    """How long to wait before the next attempt."""

    seconds: float
    asked: bool = False
    """The collector asked for it, so nothing may cut it short."""


class _Pending(NamedTuple):
    spans: int
    payload: bytes


class Delivery:
    """Delivers one batch at a time; used by one thread at a time.

    A batch that failed is kept and tried again until the collector takes or refuses it, or until the buffer is full:
    then the oldest spans, which are these, make room.

    Args:
        buffer: where finished spans wait.
        transport: carries requests.
        resource: returns the attributes of the resource; called once per process.
        batch_size: spans in one request at most.
        timeout: seconds that one request may take.
        backoff: how long to wait after failures.
    """

    def __init__(
        self,
        buffer: Buffer,
        transport: Transport,
        resource: Callable[[], Mapping[str, Any]],
        batch_size: int,
        timeout: float,
        backoff: Backoff | None = None,
    ) -> None:
        self._buffer = buffer
        self._transport = transport
        self._resource_of = resource
        self._taker = BatchTaker(buffer, batch_size)
        self._timeout = timeout
        self._backoff = backoff or Backoff()
        self._begin()

    def _begin(self) -> None:
        self._resource: bytes | None = None
        self._pending: _Pending | None = None
        self._failures = 0
        self._reason = ""
        self._warned: set[str] = set()

    def reset_after_fork(self) -> None:
        """Forget what the parent is delivering."""
        self._begin()

    def advance(self, longest: float | None = None, patient: bool = False) -> Pause | None:
        """Try to deliver one batch: the one that failed before, else the next.

        Args:
            longest: seconds at most for the request, if that is less than its usual timeout.
            patient: whether the requests of the application go first; see ``BatchTaker.take``.

        Returns:
            How long to wait before the next call; None when no span is waiting.
        """
        pending = self._pending or self._next(patient)
        if pending is None:
            return None
        self._pending = pending
        timeout = self._timeout if longest is None else max(0.0, min(longest, self._timeout))
        outcome = self._send(pending.payload, timeout)
        if isinstance(outcome, Retry):
            return self._retry(pending, outcome)
        self._pending = None
        if isinstance(outcome, Delivered):
            self._delivered(pending, outcome)
        else:
            self._refused(pending, outcome)
        return Pause(0.0)

    def _next(self, patient: bool) -> _Pending | None:
        while (batch := self._taker.take(patient)) is not None:
            if batch.left_out:
                self._buffer.release(batch.left_out, lost=batch.left_out)
            if batch.spans:
                if self._resource is None:
                    self._resource = encode_resource(self._resource_of())
                return _Pending(batch.spans, encode_request(self._resource, batch.scopes))
        return None

    def _send(self, payload: bytes, timeout: float) -> Outcome:
        began = time.monotonic()
        try:
            outcome = self._transport.send(payload, timeout)
        except Exception as error:
            selfmetrics.COUNTERS.add("internal_faults", "transport")
            logger.debug("a transport raised", exc_info=True)
            outcome = Retry("internal_fault", f"{type(error).__name__}: {error}")
        selfmetrics.EXPORTS.note(time.monotonic() - began, isinstance(outcome, Delivered))
        return outcome

    def _delivered(self, pending: _Pending, outcome: Delivered) -> None:
        rejected = min(outcome.rejected, pending.spans)
        self._buffer.release(pending.spans, lost=rejected)
        selfmetrics.COUNTERS.add("spans_exported", "", pending.spans - rejected)
        if self._failures:
            logger.info("spans are delivered again, after %d failed attempts", self._failures)
            self._failures, self._reason = 0, ""
        if rejected:
            selfmetrics.COUNTERS.add("spans_dropped", "rejected", rejected)
        if rejected or outcome.message:
            self._warn("rejected", f"the collector rejected {rejected} of {pending.spans} spans: {outcome.message}")

    def _refused(self, pending: _Pending, outcome: Refused) -> None:
        self._buffer.release(pending.spans, lost=pending.spans)
        selfmetrics.COUNTERS.add("export_failures", outcome.reason)
        selfmetrics.COUNTERS.add("spans_dropped", "refused", pending.spans)
        self._warn(outcome.reason, f"{pending.spans} spans are lost, the collector refuses them: {outcome.detail}")

    def _retry(self, pending: _Pending, outcome: Retry) -> Pause:
        self._failures += 1
        selfmetrics.COUNTERS.add("export_failures", outcome.reason)
        if outcome.reason != self._reason:
            self._reason = outcome.reason
            logger.warning("spans cannot be delivered and wait (at most %d): %s", self._buffer.capacity, outcome.detail)
        if self._buffer.full:
            self._pending = None
            self._buffer.release(pending.spans, lost=pending.spans)
            selfmetrics.COUNTERS.add("spans_dropped", "export_failed", pending.spans)
            self._warn("full", f"the buffer is full: the oldest {pending.spans} spans make room for newer ones")
        return Pause(self._backoff.wait(self._failures, outcome.after), bool(outcome.after))

    def _warn(self, kind: str, text: str) -> None:
        if kind not in self._warned:
            self._warned.add(kind)
            logger.warning("%s (said once; the metrics count the rest)", text)
