"""The thread that delivers spans in the background, and the promises of ``flush`` and ``shutdown``."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
import weakref
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from tracing_facade import selfmetrics
from tracing_facade._engine.buffer import Buffer
from tracing_facade.export.child_exit import ChildExit
from tracing_facade.export.delivery import Delivery, Pause
from tracing_facade.export.transport import Transport
from tracing_facade.export.wake_up import WakeUp

logger = logging.getLogger("tracing_facade.export")

_LAST_MOMENT_SECONDS = 0.02
_EXIT_TIMEOUT_SECONDS = 2.0


class ExportWorker:
    """Delivers what is in the buffer, every ``interval`` seconds or as soon as the buffer is half full.

    The thread is a daemon and starts with the first span, so a process that traces nothing has none, and a forked
    child gets its own.

    Args:
        buffer: where finished spans wait.
        delivery: delivers them.
        transport: what ``delivery`` uses, closed at ``shutdown``.
        interval: seconds that a span waits for others.
        around_thread: entered by the thread for as long as it lives.
    """

    def __init__(
        self,
        buffer: Buffer,
        delivery: Delivery,
        transport: Transport,
        interval: float,
        around_thread: Callable[[], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        self._buffer = buffer
        self._delivery = delivery
        self._transport = transport
        self._interval = interval
        self._around_thread = around_thread
        self._begin()
        buffer.listen(self._ensure_thread, self._on_half_full)
        _workers.add(self)
        _child_exit.in_this_process()

    def _begin(self) -> None:
        self._wake_up = WakeUp()
        # Its lock is re-entrant: a signal handler may flush while its own thread is flushing.
        self._progress = threading.Condition()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._wanted = 0
        self._told_lost = 0

    def flush(self, timeout: float) -> bool:
        """Deliver what has ended so far.

        Args:
            timeout: seconds to wait at most.

        Returns:
            True when all of it was accepted in time, and nothing had been lost since the previous ``flush``.
        """
        deadline = time.monotonic() + timeout
        mark = self._buffer.mark()
        settled = self._settle(mark, deadline)
        lost = self._buffer.progress().lost
        nothing_lost, self._told_lost = lost == self._told_lost, lost
        return settled and nothing_lost

    def shutdown(self, timeout: float) -> bool:
        """Deliver what has ended, then stop; spans that end later are dropped and counted.

        Args:
            timeout: seconds until this returns, whatever the collector does.

        Returns:
            True when all was accepted in time, and nothing had been lost since the last ``flush``.
        """
        first = not self._stopping
        self._buffer.close()
        delivered = self.flush(timeout - _LAST_MOMENT_SECONDS)
        self._stopping = True
        self._wake_up.wake()
        self._transport.close()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(_LAST_MOMENT_SECONDS)
        left = self._buffer.mark() - self._buffer.progress().settled
        if left and first:
            selfmetrics.COUNTERS.add("spans_dropped", "shutdown", left)
            logger.warning("%d spans were not delivered before the shutdown and are lost", left)
        self._buffer.abandon()
        return delivered and not left

    def reset_after_fork(self) -> None:
        """Forget, in a forked child, everything that the parent goes on with."""
        self._buffer.reset_after_fork()
        self._delivery.reset_after_fork()
        self._transport.reset_after_fork()
        self._begin()

    def _settle(self, mark: int, deadline: float) -> bool:
        self._wanted = max(self._wanted, mark)
        if self._settled(mark):
            return True
        try:
            self._ensure_thread()
        except RuntimeError:
            return self._settle_here(mark, deadline)
        self._wake_up.wake()
        with self._progress:
            return self._progress.wait_for(lambda: self._settled(mark), max(0.0, deadline - time.monotonic()))

    def _settle_here(self, mark: int, deadline: float) -> bool:
        """Deliver on this thread, for example when the interpreter is shutting down and starts no more threads."""
        while not self._settled(mark) and (left := deadline - time.monotonic()) > 0:
            pause = self._delivery.advance(left)
            if pause is None:
                break
            time.sleep(max(0.0, min(pause.seconds, deadline - time.monotonic())))
        return self._settled(mark)

    def _settled(self, mark: int) -> bool:
        return self._buffer.progress().settled >= mark

    def _on_half_full(self) -> None:
        self._ensure_thread()
        self._wake_up.wake()

    def _ensure_thread(self) -> None:
        if self._thread is not None and self._thread.is_alive():
            return
        # Whoever does not get the lock need not wait: somebody is starting the thread just now.
        if not self._starting.acquire(blocking=False):
            return
        try:
            if self._thread is None or not self._thread.is_alive():
                self._start_thread()
        finally:
            self._starting.release()

    def _start_thread(self) -> None:
        if sys.is_finalizing():
            # It would never run, and before Python 3.12 we would wait for it without end.
            raise RuntimeError("the interpreter is shutting down")
        # Both are made at the same moment: if gevent replaces threads and locks in between, as it does in the workers
        # of a preloaded gunicorn, a greenlet would wait for a real lock, and every other greenlet with it.
        self._wake_up = WakeUp()
        thread = threading.Thread(target=self._run, name="tracing-export", daemon=True)
        thread.start()
        self._thread = thread
        if not self._settled(self._wanted) or self._buffer.more_than_half_full:
            self._wake_up.wake()  # a call that came just before went to the one that was there

    def _run(self) -> None:
        with self._around_thread():
            while not self._stopping:
                self._wake_up.sleep(self._interval)
                try:
                    self._deliver_round()
                except Exception:
                    selfmetrics.COUNTERS.add("internal_faults", "export_worker")
                    logger.exception("tracing fault in the export thread; it goes on")

    def _deliver_round(self) -> None:
        """Deliver what was there when the round began; what comes meanwhile waits for the next round."""
        mark = self._buffer.mark()
        while not self._stopping and not self._settled(max(mark, self._wanted)):
            pause = self._delivery.advance(patient=self._settled(self._wanted))
            with self._progress:
                self._progress.notify_all()
            if pause is None:
                return
            self._wait(pause)

    def _wait(self, pause: Pause) -> None:
        end = time.monotonic() + pause.seconds
        wanted = self._wanted
        while not self._stopping and (left := end - time.monotonic()) > 0:
            self._wake_up.sleep(left)
            if self._wanted > wanted and not pause.asked:
                return  # somebody flushes: one attempt at once, and then the back-off counts again


_workers: weakref.WeakSet[ExportWorker] = weakref.WeakSet()


def _shutdown_all() -> None:
    for worker in list(_workers):
        if not worker._stopping:
            worker.shutdown(_EXIT_TIMEOUT_SECONDS)


_child_exit = ChildExit(_shutdown_all)


def _reset_all_after_fork() -> None:
    for worker in list(_workers):
        worker.reset_after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_child_exit.before_fork, after_in_child=_reset_all_after_fork)
