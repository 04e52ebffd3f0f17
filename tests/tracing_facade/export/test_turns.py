"""A batch is taken in short turns, unless somebody waits for it or the room is running out."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.finished_spans import FinishedSpan
from tests.tracing_facade.export.test_delivery import names
from tracing_facade._engine.buffer import Batch, SpanBuffer
from tracing_facade._engine.encoding import encode_request
from tracing_facade.export import turns
from tracing_facade.export.turns import BatchTaker


class _Watched(SpanBuffer):
    """Notes how many spans each turn asked for."""

    def __init__(self, capacity: int) -> None:
        super().__init__(capacity)
        self.asked: list[int] = []

    def take(self, most_spans: int, most_bytes: int) -> Batch | None:
        """Take the oldest spans."""
        self.asked.append(most_spans)
        return super().take(most_spans, most_bytes)


def _filled(capacity: int, spans: int, **fields: Any) -> _Watched:
    buffer = _Watched(capacity)
    for number in range(spans):
        buffer.add(FinishedSpan(name=f"span {number}", **fields))
    return buffer


def _names(batch: Batch | None) -> list[str]:
    assert batch is not None
    return names(encode_request(b"", batch.scopes))


def test_a_batch_of_many_turns_is_like_one_of_a_single_turn() -> None:
    """The oldest spans in their order, as many as a batch holds, by scope."""
    buffer = _filled(2_000, 700)
    batch = BatchTaker(buffer, 600).take(patient=True)
    assert _names(batch) == [f"span {number}" for number in range(600)]
    assert batch is not None
    assert len(batch.scopes) == 1
    assert len(buffer.asked) > 1


def test_whoever_waits_for_spans_waits_for_one_turn_only() -> None:
    """A flush is not slowed down by pauses."""
    buffer = _filled(2_000, 700)
    assert len(_names(BatchTaker(buffer, 600).take(patient=False))) == 600
    assert buffer.asked == [600]


def test_a_buffer_that_fills_up_is_emptied_without_pauses() -> None:
    """More than half full, what matters is that nothing has to be dropped."""
    buffer = _filled(800, 700)
    assert len(_names(BatchTaker(buffer, 300).take(patient=True))) == 300
    assert buffer.asked == [300]


def test_cheap_spans_go_in_longer_turns() -> None:
    """As long as there is time, each turn is twice as long as the one before."""
    buffer = _filled(20_000, 2_000)
    BatchTaker(buffer, 2_000, turn=3600.0).take(patient=True)
    assert buffer.asked == [64, 128, 256, 512, 1_024, 16]


def test_expensive_spans_go_in_shorter_turns() -> None:
    """A turn that took too long makes the next one half as long; a few spans are always taken."""
    buffer = _filled(20_000, 130)
    BatchTaker(buffer, 130, turn=0.0).take(patient=True)
    assert buffer.asked == [64, 32, 16, 8, 8, 2]


@pytest.mark.parametrize("patient", [True, False])
def test_the_limit_on_bytes_is_for_the_whole_batch(patient: bool) -> None:
    """A request must not become larger than collectors accept, however many turns it took."""
    buffer = _filled(2_000, 700, attributes={"text": "x" * 6_000})
    batch = BatchTaker(buffer, 700).take(patient)
    assert batch is not None
    assert 0 <= sum(len(spans) for _, spans in batch.scopes) - turns.MOST_BYTES < 7_000


def test_spans_that_cannot_be_encoded_are_reported_with_the_batch() -> None:
    """They have to be released like all others."""
    buffer = _Watched(100)
    for name in ("first", "second"):
        buffer.add(FinishedSpan(name=name))
        buffer.add(FinishedSpan(name=name, span_id="no hexadecimal digits"))
    batch = BatchTaker(buffer, 10).take(patient=True)
    assert batch is not None
    assert (batch.spans, batch.left_out) == (2, 2)


class _Failing(_Watched):
    """Fails from the second turn on."""

    def take(self, most_spans: int, most_bytes: int) -> Batch | None:
        """Take the oldest spans, once."""
        if self.asked:
            self.asked.append(most_spans)
            raise MemoryError("no room for another turn")
        return super().take(most_spans, most_bytes)


def test_what_was_taken_before_a_failure_goes_out() -> None:
    """Else nobody would ever release it; a failure that lasts is met by the next batch."""
    buffer = _Failing(2_000)
    for number in range(700):
        buffer.add(FinishedSpan(name=f"span {number}"))
    taker = BatchTaker(buffer, 600)
    batch = taker.take(patient=True)
    assert _names(batch) == [f"span {number}" for number in range(64)]
    assert len(buffer.asked) == 2
    with pytest.raises(MemoryError):
        taker.take(patient=True)


def test_nothing_is_taken_from_an_empty_buffer() -> None:
    """And nothing is waited for."""
    assert BatchTaker(SpanBuffer(10), 10).take(patient=True) is None
