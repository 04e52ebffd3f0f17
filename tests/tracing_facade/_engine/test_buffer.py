"""Tests of the bounded buffer."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.support.finished_spans import FinishedSpan
from tests.support.received_span import spans_of
from tracing_facade import selfmetrics
from tracing_facade._engine.buffer import Batch, SpanBuffer
from tracing_facade._engine.encoding import encode_request, encode_span
from tracing_facade._engine.engine import new_buffer
from tracing_facade._engine.shape import OWN_SCOPE

NO_LIMIT = 1 << 30


def names_in(batch: Batch | None) -> list[str]:
    """Return the names of the spans of a batch, as a collector reads them."""
    assert batch is not None
    return [span.name for span in spans_of(ExportTraceServiceRequest.FromString(encode_request(b"", batch.scopes)))]


def named(*names: str) -> list[FinishedSpan]:
    """Return spans with these names."""
    return [FinishedSpan(name=name) for name in names]


@pytest.fixture
def dropped() -> Callable[[], dict[str, int]]:
    """Return a function that tells what was dropped since the test began, by reason."""
    before = selfmetrics.COUNTERS.snapshot()

    def since() -> dict[str, int]:
        now = selfmetrics.COUNTERS.snapshot()
        return {key[1]: now[key] - before.get(key, 0) for key in now if key[0] == "spans_dropped"}

    return lambda: {reason: number for reason, number in since().items() if number}


@contextmanager
def frequent_thread_switches() -> Iterator[None]:
    """Let threads interrupt each other far more often than usual, so that races show."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)


def producer(name: str) -> str:
    """Return which thread made the span of this name."""
    return name.split("-")[0]


def test_spans_come_out_in_the_order_they_went_in() -> None:
    """The oldest span is exported first, in batches of at most the size asked for."""
    buffer = new_buffer(10)
    for span in named("a", "b", "c"):
        assert buffer.add(span)
    assert names_in(buffer.take(2, NO_LIMIT)) == ["a", "b"]
    assert names_in(buffer.take(2, NO_LIMIT)) == ["c"]
    assert buffer.take(2, NO_LIMIT) is None


def test_scopes_are_grouped() -> None:
    """Spans of one scope are together, whatever came between them."""
    buffer = new_buffer(10)
    for name, scope in (("a", "x"), ("b", "y"), ("c", "x")):
        buffer.add(FinishedSpan(name=name, scope=scope))
    batch = buffer.take(10, NO_LIMIT)
    assert batch is not None
    assert [scope for scope, _ in batch.scopes] == ["x", "y"]
    assert names_in(batch) == ["a", "c", "b"]


@pytest.mark.parametrize("capacity", [1, 2, 3, 7, 100])
def test_the_newest_are_dropped_and_counted_when_it_is_full(
    capacity: int, dropped: Callable[[], dict[str, int]]
) -> None:
    """It holds exactly its capacity."""
    buffer = new_buffer(capacity)
    accepted = [buffer.add(span) for span in named(*map(str, range(capacity + 5)))]
    assert accepted == [True] * capacity + [False] * 5
    assert (len(buffer), buffer.full) == (capacity, True)
    assert dropped() == {"queue_full": 5}
    assert names_in(buffer.take(capacity, NO_LIMIT))[0] == "0"


def test_spans_in_flight_take_room_until_they_are_released() -> None:
    """Taking spans makes no room, since their delivery may fail."""
    buffer = new_buffer(4)
    for span in named("a", "b", "c", "d"):
        buffer.add(span)
    assert buffer.take(3, NO_LIMIT) is not None
    assert not buffer.add(FinishedSpan())
    buffer.release(3)
    assert [buffer.add(FinishedSpan()) for _ in range(4)] == [True, True, True, False]


def test_it_never_runs_out_of_room_that_was_released() -> None:
    """After many rounds all of the room is still there."""
    buffer = new_buffer(7)
    for _ in range(50):
        assert all(buffer.add(FinishedSpan()) for _ in range(7))
        assert not buffer.add(FinishedSpan())
        for size in (3, 4):
            batch = buffer.take(size, NO_LIMIT)
            assert batch is not None
            buffer.release(batch.spans)
    assert len(buffer) == 0


def test_the_first_span_and_half_of_the_room_call_the_listener() -> None:
    """The worker hears about the first span, and each time that half of the room is used up."""
    calls: list[str] = []
    buffer = new_buffer(10)
    buffer.listen(lambda: calls.append("first"), lambda: calls.append("half"))
    for count in range(1, 11):
        buffer.add(FinishedSpan())
        assert calls == ["first"] + ["half"] * (count > 5)
    assert buffer.take(10, NO_LIMIT) is not None
    buffer.release(10)
    for _ in range(10):
        buffer.add(FinishedSpan())
    assert calls == ["first", "half", "half"]


def test_a_listener_that_fails_costs_no_span() -> None:
    """A thread that cannot be started is not the caller's problem."""

    def fail() -> None:
        raise RuntimeError("can't start new thread")

    buffer = new_buffer(10)
    buffer.listen(fail, fail)
    assert buffer.add(FinishedSpan())
    assert len(buffer) == 1


def test_a_batch_ends_after_the_span_that_reaches_the_size() -> None:
    """Spans beyond the limit stay, in their order, and are not in flight."""
    buffer = new_buffer(10)
    for span in named("a", "b", "c", "d"):
        buffer.add(span)
    one = len(buffer.take(1, NO_LIMIT).scopes[0][1])  # type: ignore[union-attr]  # there is one
    assert names_in(buffer.take(10, one + 1)) == ["b", "c"]
    assert names_in(buffer.take(10, 1)) == ["d"]


def test_spans_that_cannot_be_encoded_are_left_out(dropped: Callable[[], dict[str, int]]) -> None:
    """They are told apart, so that their room can be released with that of the others."""
    buffer = new_buffer(10)
    for span_id in ("b7ad6b7169203331", "nonsense", "b7ad6b7169203332"):
        buffer.add(FinishedSpan(span_id=span_id))
    batch = buffer.take(10, NO_LIMIT)
    assert batch is not None
    assert (batch.spans, batch.left_out) == (2, 1)
    assert dropped() == {"encode": 1}


def test_a_mark_is_reached_when_all_earlier_spans_are_done_with() -> None:
    """Spans that end after the mark do not matter."""
    buffer = new_buffer(10)
    for span in named("a", "b", "c"):
        buffer.add(span)
    assert buffer.take(2, NO_LIMIT) is not None
    mark = buffer.mark()
    buffer.add(FinishedSpan())
    assert buffer.progress().settled < mark
    buffer.release(2)
    assert buffer.progress().settled < mark
    assert buffer.take(1, NO_LIMIT) is not None
    buffer.release(1, lost=1)
    assert buffer.progress() == (mark, 1)


def test_a_closed_buffer_drops_what_comes_and_gives_what_it_has(dropped: Callable[[], dict[str, int]]) -> None:
    """After close nothing comes in, and everything can still be exported."""
    buffer = new_buffer(10)
    for span in named("a", "b"):
        buffer.add(span)
    buffer.close()
    assert not buffer.add(FinishedSpan())
    assert dropped() == {"shutdown": 1}
    assert names_in(buffer.take(10, NO_LIMIT)) == ["a", "b"]
    buffer.release(2)
    assert not buffer.add(FinishedSpan())
    assert len(buffer) == 0


def test_a_span_that_ends_while_the_buffer_works_does_not_hang() -> None:
    """A destructor that ends a span inside of a listener, on the same thread, gets through."""
    buffer = new_buffer(4)
    buffer.listen(lambda: buffer.add(FinishedSpan(name="inner")), lambda: None)
    assert buffer.add(FinishedSpan(name="outer"))
    assert len(buffer) == 2


def test_threads_lose_no_span_and_never_exceed_the_bound() -> None:
    """With four threads adding and one taking, every span is delivered once or dropped, and the bound is exact."""
    buffer = new_buffer(64)
    accepted = [0] * 4
    seen: list[str] = []
    done = threading.Event()

    def produce(number: int) -> None:
        for index in range(3_000):
            if buffer.add(FinishedSpan(name=f"{number}-{index}")):
                accepted[number] += 1

    def consume() -> None:
        while True:
            finished = done.is_set()
            batch = buffer.take(16, NO_LIMIT)
            assert len(buffer) <= 64
            if batch is not None:
                seen.extend(names_in(batch))
                buffer.release(batch.spans)
            elif finished:
                return

    with frequent_thread_switches():
        producers = [threading.Thread(target=produce, args=(number,)) for number in range(4)]
        consumer = threading.Thread(target=consume)
        for thread in (*producers, consumer):
            thread.start()
        for thread in producers:
            thread.join()
        done.set()
        consumer.join()
    assert len(seen) == len(set(seen)) == sum(accepted)
    assert buffer.progress().settled == sum(accepted)
    assert len(buffer) == 0
    assert sorted(seen, key=producer) == sorted(seen, key=lambda name: (producer(name), int(name.split("-")[1])))


def test_who_fills_the_last_quarter_encodes_his_span_himself() -> None:
    """A producer that outruns the worker does the worker's work; order, scopes and what cannot be encoded stay."""
    encoded: list[str] = []

    def encode(span: Any) -> bytes:
        encoded.append(span.name)
        if span.name == "bad":
            raise ValueError(span.name)
        return encode_span(span)

    buffer = SpanBuffer(8, encode)
    names = ["a", "b", "c", "d", "e", "f", "g", "bad"]
    assert all(buffer.add(FinishedSpan(name=name, scope=OWN_SCOPE)) for name in names)
    assert encoded == ["g", "bad"]
    assert not buffer.add(FinishedSpan(name="late", scope=OWN_SCOPE))
    batch = buffer.take(8, NO_LIMIT)
    assert batch is not None
    assert names_in(batch) == names[:-1]
    assert (batch.left_out, encoded.count("g")) == (1, 1)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
def test_a_forked_child_starts_empty() -> None:
    """What waits belongs to the parent, and a lock that another thread held at the fork blocks nobody."""
    buffer = new_buffer(4)
    for _ in range(4):
        buffer.add(FinishedSpan())
    with buffer._lock if isinstance(buffer, SpanBuffer) else nullcontext():
        child = os.fork()
        if child == 0:
            buffer.reset_after_fork()
            thread = threading.Thread(target=lambda: [buffer.add(FinishedSpan()) for _ in range(3)], daemon=True)
            thread.start()
            thread.join(5)
            os._exit(0 if len(buffer) == 3 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert len(buffer) == 4
