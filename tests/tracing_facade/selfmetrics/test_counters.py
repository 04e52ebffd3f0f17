"""Tests of the counters of tracing itself."""

from __future__ import annotations

import os
import threading

import pytest

from tracing_facade.selfmetrics.counters import MOST_REASONS, OTHER, Counters


def test_amounts_add_up_by_name_and_reason() -> None:
    """Every pair of name and reason has its own number."""
    counters = Counters()
    counters.add("spans_dropped", "queue_full")
    counters.add("spans_dropped", "queue_full", 4)
    counters.add("spans_dropped", "shutdown", 2)
    counters.add("spans_exported", amount=7)
    assert counters.snapshot() == {
        ("spans_dropped", "queue_full"): 5,
        ("spans_dropped", "shutdown"): 2,
        ("spans_exported", ""): 7,
    }
    assert counters.total("spans_dropped") == 7


def test_tickers_count_on_after_a_reading() -> None:
    """Reading a number does not change it."""
    counters = Counters()
    tick = counters.ticker("spans_started")
    for expected in (1, 2, 3):
        tick()
        assert counters.snapshot() == {("spans_started", ""): expected}
        assert counters.snapshot() == {("spans_started", ""): expected}


def test_tickers_and_amounts_of_one_name_are_one_number() -> None:
    """It does not matter which way something was counted."""
    counters = Counters()
    counters.ticker("spans_started")()
    counters.ticker("spans_started")()
    counters.add("spans_started", amount=3)
    assert counters.snapshot() == {("spans_started", ""): 5}


def test_what_never_happened_is_not_shown() -> None:
    """A ticker that was only asked for adds no line."""
    counters = Counters()
    counters.ticker("spans_started")
    assert counters.snapshot() == {}


def test_a_name_has_a_bounded_number_of_reasons() -> None:
    """Text from outside must cost no memory; what there is too much of is still counted."""
    counters = Counters()
    for number in range(MOST_REASONS + 50):
        counters.add("attributes_bounded", f"made up {number}")
    counters.add("attributes_bounded", "made up 3")
    counters.add("spans_dropped", "queue_full")
    found = counters.snapshot()
    assert len(found) == MOST_REASONS + 2
    assert found["attributes_bounded", OTHER] == 50
    assert found["attributes_bounded", "made up 3"] == 2
    assert found["spans_dropped", "queue_full"] == 1


def test_no_count_is_lost_between_threads() -> None:
    """Threads that count at the same time, while another reads, lose nothing."""
    counters = Counters()
    tick = counters.ticker("ticked")

    def work() -> None:
        for number in range(5_000):
            counters.add("added")
            tick()
            if number % 500 == 0:
                counters.snapshot()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counters.snapshot() == {("added", ""): 20_000, ("ticked", ""): 20_000}


def test_reset_starts_at_zero_and_keeps_tickers_working() -> None:
    """What a child of a fork does: old tickers count into the new numbers."""
    counters = Counters()
    tick = counters.ticker("ticked")
    tick()
    counters.add("added")
    counters.snapshot()
    counters.reset()
    assert counters.snapshot() == {}
    tick()
    assert counters.snapshot() == {("ticked", ""): 1}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
def test_a_forked_child_starts_at_zero() -> None:
    """The process-wide counters do not repeat in a child what its parent counted."""
    from tracing_facade.selfmetrics import COUNTERS

    COUNTERS.add("before_fork")
    child = os.fork()
    if child == 0:
        os._exit(0 if COUNTERS.total("before_fork") == 0 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert COUNTERS.total("before_fork") >= 1
