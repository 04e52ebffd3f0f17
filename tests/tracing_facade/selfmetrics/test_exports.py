"""How long attempts to export took."""

from __future__ import annotations

import time

from tracing_facade.selfmetrics.exports import Exports


def test_attempts_are_counted_by_how_long_they_took() -> None:
    """Each bucket has all that took at most so long; what took exactly its bound is in it."""
    exports = Exports()
    for seconds in (0.001, 0.005, 0.3, 11.0):
        exports.note(seconds, delivered=False)
    durations = exports.durations()
    counts = dict(durations.buckets)
    assert (counts[0.005], counts[0.25], counts[0.5], counts[10.0], counts[float("inf")]) == (2, 2, 3, 3, 4)
    assert durations.count == 4
    assert round(durations.seconds, 3) == 11.306


def test_only_a_delivery_is_a_success() -> None:
    """Its time is that of the wall clock."""
    exports = Exports()
    exports.note(0.1, delivered=False)
    assert exports.last_success == 0
    before = time.time()
    exports.note(0.1, delivered=True)
    assert before <= exports.last_success <= time.time()


def test_a_reset_forgets_everything() -> None:
    """What a forked child does."""
    exports = Exports()
    exports.note(0.1, delivered=True)
    exports.reset()
    assert (exports.durations().count, exports.durations().seconds, exports.last_success) == (0, 0.0, 0.0)
