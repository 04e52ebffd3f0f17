"""What becomes of a batch after each attempt."""

from __future__ import annotations

import logging

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.support.finished_spans import FinishedSpan
from tracing_facade._engine.buffer import SpanBuffer
from tracing_facade.export.delivery import Delivery, Pause
from tracing_facade.export.retry import Backoff
from tracing_facade.export.transport import Delivered, Outcome, Refused, Retry
from tracing_facade.selfmetrics import COUNTERS


class ScriptedTransport:
    """Answers as it was told to, then accepts."""

    def __init__(self, *outcomes: Outcome | Exception) -> None:
        self.outcomes = list(outcomes)
        self.payloads: list[bytes] = []

    def send(self, payload: bytes, timeout: float) -> Outcome:
        self.payloads.append(payload)
        outcome = self.outcomes.pop(0) if self.outcomes else Delivered()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def close(self) -> None: ...

    def reset_after_fork(self) -> None: ...


def names(payload: bytes) -> list[str]:
    """Return the names of the spans in a request."""
    request = ExportTraceServiceRequest.FromString(payload)
    return [span.name for part in request.resource_spans for scope in part.scope_spans for span in scope.spans]


class Fixture:
    def __init__(self, *outcomes: Outcome | Exception, capacity: int = 10, batch_size: int = 4) -> None:
        COUNTERS.reset()
        self.buffer = SpanBuffer(capacity)
        self.transport = ScriptedTransport(*outcomes)
        backoff = Backoff(first=1.0, longest=8.0, jitter=lambda: 1.0)
        self.delivery = Delivery(self.buffer, self.transport, lambda: {"service.name": "s"}, batch_size, 5.0, backoff)

    def add(self, count: int) -> None:
        for number in range(count):
            self.buffer.add(FinishedSpan(name=f"span {number}"))


def test_batches_go_out_in_order() -> None:
    """The oldest spans first, each batch as large as allowed, then nothing is left to do."""
    fixture = Fixture()
    fixture.add(6)
    assert [fixture.delivery.advance() for _ in range(3)] == [Pause(0.0), Pause(0.0), None]
    assert [names(payload) for payload in fixture.transport.payloads] == [
        ["span 0", "span 1", "span 2", "span 3"],
        ["span 4", "span 5"],
    ]
    assert COUNTERS.snapshot() == {("spans_exported", ""): 6}
    assert fixture.buffer.progress() == (6, 0)


def test_a_failed_batch_is_tried_again_as_it_was() -> None:
    """Nothing is lost, the waits grow, and what the collector asks for counts."""
    fixture = Fixture(Retry("http_503", "busy"), Retry("http_429", "busy", 7.0), Delivered())
    fixture.add(2)
    assert fixture.delivery.advance() == Pause(1.0)
    assert fixture.delivery.advance() == Pause(8.0, asked=True)
    assert fixture.delivery.advance() == Pause(0.0)
    assert len(set(fixture.transport.payloads)) == 1
    assert COUNTERS.total("spans_dropped") == 0
    assert COUNTERS.total("export_failures") == 2


def test_a_refused_batch_is_lost_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    """What will never be taken is not tried again; the next batch gets its turn."""
    fixture = Fixture(Refused("http_400", "bad data"))
    fixture.add(5)
    fixture.delivery.advance()
    fixture.delivery.advance()
    assert COUNTERS.snapshot() == {
        ("export_failures", "http_400"): 1,
        ("spans_dropped", "refused"): 4,
        ("spans_exported", ""): 1,
    }
    assert fixture.buffer.progress() == (5, 4)
    assert "bad data" in caplog.text


@pytest.mark.parametrize(("rejected", "exported"), [(1, 2), (3, 0), (99, 0)])
def test_a_partial_success_is_not_tried_again(rejected: int, exported: int) -> None:
    """OTLP: the client must not retry; a collector that rejects more than it got is not believed."""
    fixture = Fixture(Delivered(rejected, "too old"))
    fixture.add(3)
    fixture.delivery.advance()
    assert fixture.delivery.advance() is None
    assert COUNTERS.total("spans_exported") == exported
    assert COUNTERS.total("spans_dropped") == 3 - exported


def test_the_oldest_make_room_when_the_buffer_is_full(caplog: pytest.LogCaptureFixture) -> None:
    """In an outage that outlasts the buffer a failed batch is given up, and only then."""
    fixture = Fixture(*[Retry("unreachable", "gone")] * 3, capacity=6)
    fixture.add(5)
    fixture.delivery.advance()
    assert COUNTERS.total("spans_dropped") == 0
    fixture.add(1)
    fixture.delivery.advance()
    assert COUNTERS.snapshot()["spans_dropped", "export_failed"] == 4
    fixture.add(4)
    assert COUNTERS.total("spans_dropped") == 4
    assert "make room" in caplog.text


def test_a_transport_that_raises_is_a_failure_that_can_pass() -> None:
    """A fault of ours keeps the spans."""
    fixture = Fixture(RuntimeError("bug"))
    fixture.add(1)
    assert fixture.delivery.advance() == Pause(1.0)
    assert fixture.delivery.advance() == Pause(0.0)
    assert COUNTERS.snapshot()["internal_faults", "transport"] == 1


def test_a_span_that_cannot_be_encoded_does_not_stop_the_others() -> None:
    """It is counted as lost, and the batch goes out without it."""
    fixture = Fixture()
    fixture.buffer.add(FinishedSpan(name="bad", span_id="no hex"))
    fixture.add(1)
    fixture.delivery.advance()
    assert names(fixture.transport.payloads[0]) == ["span 0"]
    assert fixture.buffer.progress() == (2, 1)


def test_an_outage_is_logged_once_and_its_end_too(caplog: pytest.LogCaptureFixture) -> None:
    """A new kind of failure is news, the same kind again is not."""
    caplog.set_level(logging.INFO)
    fixture = Fixture(*[Retry("unreachable", "refused")] * 3, *[Retry("timeout", "slow")] * 2)
    fixture.add(1)
    while fixture.delivery.advance() is not None:
        pass
    messages = [record.getMessage() for record in caplog.records]
    assert messages == [
        "spans cannot be delivered and wait (at most 10): refused",
        "spans cannot be delivered and wait (at most 10): slow",
        "spans are delivered again, after 5 failed attempts",
    ]
