"""A wake-up call that can be given from anywhere, also from a signal handler or a destructor."""

from __future__ import annotations

import contextlib
import threading


class WakeUp:
    """Lets one thread sleep until another wakes it; calls that nobody waits for are remembered, but only once.

    ``threading.Event`` will not do: a signal handler that ends a span while its own thread is inside ``set`` would wait
    for itself. Releasing a lock is one step that nothing can interrupt.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lock.acquire()

    def wake(self) -> None:
        """Wake the sleeper, now or the next time he wants to sleep."""
        with contextlib.suppress(RuntimeError):  # it is awake, or has been called already
            self._lock.release()

    def sleep(self, seconds: float) -> bool:
        """Sleep at most ``seconds``; True when woken."""
        return self._lock.acquire(timeout=min(max(0.0, seconds), threading.TIMEOUT_MAX))
