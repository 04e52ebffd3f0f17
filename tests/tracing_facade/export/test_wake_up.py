"""Sleeping and waking."""

from __future__ import annotations

import threading
import time

from tracing_facade.export.wake_up import WakeUp


def test_a_call_before_the_sleep_is_remembered_once() -> None:
    """Two calls that nobody waited for wake one sleep."""
    wake_up = WakeUp()
    wake_up.wake()
    wake_up.wake()
    assert wake_up.sleep(5.0)
    assert not wake_up.sleep(0.0)


def test_the_sleeper_wakes() -> None:
    """A call from another thread ends the sleep early."""
    wake_up = WakeUp()
    begin = time.monotonic()
    threading.Timer(0.05, wake_up.wake).start()
    assert wake_up.sleep(30.0)
    assert time.monotonic() - begin < 15


def test_endless_and_negative_sleeps_are_taken() -> None:
    """Neither is too long nor too short for the clock."""
    wake_up = WakeUp()
    wake_up.wake()
    assert wake_up.sleep(1e12)
    assert not wake_up.sleep(-1.0)
