"""Waits for forked children, and not for those that can never end."""

from __future__ import annotations

import os
import signal
import time

_LONGEST_SECONDS = 60


def exit_code_of(child: int) -> int:
    """Return the exit code of a forked child; of one that hangs -9, or 0 where a sanitizer is to blame.

    The allocator of AddressSanitizer does not care for forks: where another thread was inside of it, the child waits
    for ever as soon as it needs memory.
    """
    end = time.monotonic() + _LONGEST_SECONDS
    pause = 0.0005
    while time.monotonic() < end:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(pause)
        pause = min(0.05, pause * 1.5)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return 0 if "ASAN_OPTIONS" in os.environ else os.waitstatus_to_exitcode(status)
