"""The bounded store of traces."""

from __future__ import annotations

import threading
import time

from tests.tracing_facade.viewer.spans import span
from tracing_facade.viewer.store import TraceStore


class Clock:
    """Seconds that a test moves by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def _trace_id(number: int) -> str:
    return f"{number:032x}"


def test_a_trace_in_several_batches_is_one_trace() -> None:
    """Spans of one trace id belong together, however they came."""
    store = TraceStore()
    store.add([span("1")])
    store.add([span("2", "1"), span("1", name="again")])
    (trace,) = store.all()
    assert sorted(each.name for each in trace.spans) == ["again", "span 2"]


def test_the_trace_that_changed_longest_ago_goes_first() -> None:
    """A trace that is still growing outlives a newer one that is not."""
    store = TraceStore(most_traces=2)
    store.add([span("1", trace_id=_trace_id(1))])
    store.add([span("1", trace_id=_trace_id(2))])
    store.add([span("2", trace_id=_trace_id(1))])
    store.add([span("1", trace_id=_trace_id(3))])
    assert [trace.trace_id for trace in store.all()] == [_trace_id(3), _trace_id(1)]
    assert store.discarded == 1


def test_bytes_are_bounded() -> None:
    """Large spans push old traces out long before the number of traces does."""
    store = TraceStore(most_bytes=25_000)
    for number in range(1, 11):
        store.add([span("1", trace_id=_trace_id(number), size=9_000)])
    assert [trace.trace_id for trace in store.all()] == [_trace_id(10), _trace_id(9)]


def test_one_trace_larger_than_the_store_is_cut() -> None:
    """A trace that never ends cannot fill the memory; what came first is kept."""
    store = TraceStore(most_bytes=25_000)
    store.add([span(f"{number:x}", size=9_000) for number in range(1, 11)])
    (trace,) = store.all()
    assert [each.name for each in trace.spans] == ["span 1", "span 2"]
    assert store.discarded == 8


def test_a_trace_is_finished_when_it_is_quiet() -> None:
    """A trace is taken once, after nothing has come for as long as set, and again when more has come since."""
    clock = Clock()
    store = TraceStore(quiet_seconds=2, clock=clock)
    store.add([span("1")])
    clock.now += 1
    assert store.take_finished() == []
    store.add([span("2", "1")])
    clock.now += 1.5
    assert store.take_finished() == []
    clock.now += 1
    assert [len(trace.spans) for trace in store.take_finished()] == [2]
    assert store.take_finished() == []
    store.add([span("3", "1")])
    clock.now += 3
    assert [len(trace.spans) for trace in store.take_finished()] == [3]


def test_at_the_end_everything_is_finished() -> None:
    """What came just before the end is shown too."""
    store = TraceStore(clock=Clock())
    store.add([span("1")])
    assert len(store.take_finished(all_of_them=True)) == 1


def test_an_unknown_trace_is_none() -> None:
    """Asking without waiting answers at once."""
    assert TraceStore().get(_trace_id(1)) is None


def test_waiting_ends_when_the_trace_is_quiet() -> None:
    """Who waits gets the whole trace, not the first span of it."""
    store = TraceStore(quiet_seconds=0.3)
    sender = threading.Thread(target=_send_slowly, args=(store,))
    sender.start()
    trace = store.get(span("1").trace_id, wait=20)
    sender.join()
    assert trace is not None
    assert len(trace.spans) == 3


def _send_slowly(store: TraceStore) -> None:
    for number in "123":
        time.sleep(0.05)
        store.add([span(number)])


def test_waiting_in_vain_ends_too() -> None:
    """A trace that never comes is None when the time is up."""
    assert TraceStore().get(_trace_id(1), wait=0.05) is None


def test_a_summary_says_what_a_list_needs() -> None:
    """The name is that of the top span, and the duration spans all of them."""
    store = TraceStore(clock=Clock())
    store.add([span("2", "1", at=1, until=30, name="inner", service="bank", status="ERROR"), span("1", name="outer")])
    (trace,) = store.all()
    assert trace.summary() == {
        "trace_id": trace.trace_id,
        "name": "outer",
        "services": ["bank", "shop"],
        "spans": 2,
        "errors": 1,
        "start_ns": 0,
        "duration_ns": 30_000_000,
        "quiet_for_seconds": 0.0,
    }
