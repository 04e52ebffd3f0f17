"""What exporters need where gevent has replaced the threads."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from tracing_facade import selfmetrics

_THREADS = 2
"""gRPC waits on one as long as there is a channel, and on another for each answer; looking up a name takes one."""


def cooperate_with_gevent() -> None:
    """Let gRPC wait as greenlets do where gevent has replaced the threads; call it before a channel is made.

    Otherwise a slow collector would stop not only the export but every greenlet of the process.
    """
    if _are_threads():
        from grpc.experimental import gevent

        gevent.init_gevent()


def with_threads_of_gevent(
    around_thread: Callable[[], AbstractContextManager[object]],
) -> Callable[[], AbstractContextManager[object]]:
    """Return what is to be entered by a thread that exports, in place of ``around_thread``.

    Where that thread is a greenlet, it starts the real threads that an exporter will ask for: since Python 3.12 none
    can be started while the process ends, which is when the first spans may be exported.
    """

    @contextmanager
    def entered() -> Iterator[None]:
        with around_thread():
            try:
                _start_threads()
            except Exception:
                selfmetrics.COUNTERS.add("internal_faults", "gevent")
            yield

    return entered


def _start_threads() -> None:
    if not _are_threads():
        return
    pool = sys.modules["gevent"].get_hub().threadpool
    wanted = min(_THREADS, pool.maxsize)
    if pool.size < wanted:
        pool.size = wanted


def _are_threads() -> bool:
    monkey = sys.modules.get("gevent.monkey")
    return monkey is not None and bool(monkey.is_module_patched("threading"))
