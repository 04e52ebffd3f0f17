"""Background delivery against a real collector, over both protocols: what ``flush`` and ``shutdown`` promise."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator

import pytest

import tracing_facade as tracing
from tests.support.collector import HANG, UNAVAILABLE, Behaviour, Collector
from tests.support.exporting import PROTOCOLS, Protocol, configuration_for
from tracing_facade.selfmetrics import COUNTERS


@pytest.fixture
def collector() -> Iterator[Collector]:
    """Run a collector; tracing is shut down before it."""
    COUNTERS.reset()
    with Collector() as running:
        yield running
    tracing.shutdown(0.2)


both = pytest.mark.parametrize("protocol", PROTOCOLS)


def record(count: int, name: str = "work") -> None:
    """End so many spans."""
    for _ in range(count):
        with tracing.start_span(name):
            pass


@both
def test_spans_arrive_without_anybody_asking(collector: Collector, protocol: Protocol) -> None:
    """The worker starts with the first span and delivers after the interval."""
    tracing.configure(configuration_for(collector, protocol))
    record(3)
    spans = collector.wait_for(3)
    assert {span.resource["service.name"] for span in spans} == {"test"}
    assert COUNTERS.total("spans_dropped") == 0


@both
def test_flush_delivers_everything_that_has_ended(collector: Collector, protocol: Protocol) -> None:
    """It does not wait for the interval, and what it says is true."""
    tracing.configure(configuration_for(collector, protocol, export_interval_seconds=3600.0, batch_size=100))
    record(1000)
    assert tracing.flush(20.0)
    assert len(collector.spans()) == 1000


@both
def test_nothing_is_lost_in_an_outage_that_fits_the_buffer(collector: Collector, protocol: Protocol) -> None:
    """The collector goes away and comes back; every span arrives, none twice."""
    tracing.configure(configuration_for(collector, protocol))
    record(1, "before")
    collector.wait_for(1)
    collector.stop()
    record(500, "meanwhile")
    assert not tracing.flush(0.3)
    collector.start()
    assert tracing.flush(30.0)
    ids = [span.span_id for span in collector.wait_for(501)]
    assert len(set(ids)) == len(ids) == 501
    assert COUNTERS.total("spans_dropped") == 0


@both
def test_an_answer_that_can_pass_is_tried_again(collector: Collector, protocol: Protocol) -> None:
    """503 and UNAVAILABLE are retryable."""
    collector.behave(UNAVAILABLE)
    tracing.configure(configuration_for(collector, protocol))
    record(1)
    collector.wait_for(1)
    assert [request.accepted for request in collector.requests] == [False, True]


@both
def test_the_collector_says_how_long_to_wait(collector: Collector, protocol: Protocol) -> None:
    """Retry-After and RetryInfo are waited for, whoever flushes meanwhile."""
    import grpc

    collector.behave(Behaviour(status=429, code=grpc.StatusCode.RESOURCE_EXHAUSTED, retry_after=1))
    tracing.configure(configuration_for(collector, protocol))
    record(1)
    collector.wait_for_requests(1)
    assert not tracing.flush(0.2)
    collector.wait_for(1)
    assert collector.requests[1].at - collector.requests[0].at >= 1.0


@both
def test_a_refusal_is_not_tried_again(collector: Collector, protocol: Protocol) -> None:
    """400 and INVALID_ARGUMENT lose the batch; flush says so, the counter too."""
    import grpc

    collector.behave(Behaviour(status=400, code=grpc.StatusCode.INVALID_ARGUMENT, message="malformed"))
    tracing.configure(configuration_for(collector, protocol))
    record(2)
    assert not tracing.flush(10.0)
    assert len(collector.requests) == 1
    assert COUNTERS.snapshot()["spans_dropped", "refused"] == 2
    record(1)
    assert tracing.flush(10.0)


@both
def test_a_partial_success_is_told(collector: Collector, protocol: Protocol) -> None:
    """Spans that the collector rejected are lost, and flush does not call that success."""
    collector.behave(Behaviour(rejected=2, message="too old"))
    tracing.configure(configuration_for(collector, protocol, export_interval_seconds=3600.0))
    record(5)
    assert not tracing.flush(10.0)
    assert COUNTERS.snapshot()["spans_dropped", "rejected"] == 2
    assert len(collector.spans()) == 3


@both
@pytest.mark.parametrize("state", ["dead", "hanging"])
def test_shutdown_keeps_its_deadline(collector: Collector, protocol: Protocol, state: str) -> None:
    """With a collector that is gone or never answers it returns in time, says False, and counts what is lost."""
    configuration = configuration_for(collector, protocol)
    if state == "dead":
        collector.stop()
    collector.behaviour = HANG
    tracing.configure(configuration)
    record(3)
    begin = time.monotonic()
    assert not tracing.shutdown(0.5)
    assert time.monotonic() - begin < 0.5 * 3  # room for a busy machine; the benchmark measures it exactly
    assert COUNTERS.snapshot()["spans_dropped", "shutdown"] == 3


@both
def test_flush_keeps_its_deadline_and_loses_nothing(collector: Collector, protocol: Protocol) -> None:
    """A flush that came too early says False; the spans are still delivered later."""
    collector.behave(Behaviour(delay=0.5))
    tracing.configure(configuration_for(collector, protocol))
    record(2)
    begin = time.monotonic()
    assert not tracing.flush(0.1)
    assert time.monotonic() - begin < 0.4
    assert tracing.flush(10.0)
    assert len(collector.spans()) == 2


@both
def test_a_trickling_answer_does_not_outlast_the_deadline(collector: Collector, protocol: Protocol) -> None:
    """One request takes at most the configured time, also when every single byte comes in time."""
    collector.behave(Behaviour(trickle=0.05, delay=0.0 if protocol != "grpc" else 2.0))
    tracing.configure(configuration_for(collector, protocol, export_timeout_seconds=0.4))
    record(1)
    collector.wait_for_requests(2, timeout=20.0)
    assert COUNTERS.snapshot()["export_failures", "timeout"] >= 1


@both
def test_a_full_buffer_drops_and_counts(collector: Collector, protocol: Protocol) -> None:
    """Memory is bounded by the number of spans, whatever the collector does."""
    collector.behaviour = HANG
    tracing.configure(configuration_for(collector, protocol, queue_size=10, batch_size=5))
    record(100)
    snapshot = COUNTERS.snapshot()
    assert snapshot["spans_dropped", "queue_full"] >= 80


def test_spans_after_the_shutdown_are_nobody_s(collector: Collector) -> None:
    """After shutdown tracing is off: nothing fails, nothing is sent, a second shutdown is harmless."""
    tracing.configure(configuration_for(collector, "http/protobuf"))
    record(1)
    assert tracing.shutdown(10.0)
    record(1)
    assert tracing.shutdown(1.0)
    assert tracing.flush(1.0)
    assert len(collector.spans()) == 1


def test_many_threads_lose_nothing(collector: Collector) -> None:
    """Each span arrives once, whichever thread ended it."""
    tracing.configure(configuration_for(collector, "http/protobuf", batch_size=500))
    threads = [threading.Thread(target=record, args=(2000,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tracing.flush(30.0)
    assert len({span.span_id for span in collector.spans()}) == 8000


def run_child(source: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program of its own; a child that hangs fails the test."""
    # From Python 3.12 on, a fork with threads is warned of; here that is what is tested.
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", textwrap.dedent(source), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@both
def test_spans_are_delivered_at_exit(collector: Collector, protocol: Protocol) -> None:
    """A program that just ends, with a span ended as late as in its exit handlers, loses nothing."""
    endpoint = configuration_for(collector, protocol).endpoint
    done = run_child(
        """
        import atexit, sys
        import tracing_facade as tracing
        def late():
            with tracing.start_span("late"): pass
        tracing.configure(tracing.TracingConfiguration(endpoint=sys.argv[1], protocol=sys.argv[2]))
        atexit.register(late)
        """,
        endpoint,
        protocol,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert [span.name for span in collector.spans()] == ["late"]


@both
@pytest.mark.parametrize("when", ["before", "after"])
def test_forked_children_deliver_their_own(collector: Collector, protocol: Protocol, when: str) -> None:
    """Parent and children each deliver what they recorded, once, whether the parent exported before the fork or not."""
    endpoint = configuration_for(collector, protocol).endpoint
    done = run_child(
        """
        import os, sys
        import tracing_facade as tracing
        tracing.configure(tracing.TracingConfiguration(endpoint=sys.argv[1], protocol=sys.argv[2]))
        with tracing.start_span("parent"): pass
        if sys.argv[3] == "before":
            assert tracing.flush(10)
        for number in range(3):
            if (child := os.fork()) == 0:
                with tracing.start_span(f"child {number}"): pass
                os._exit(not tracing.shutdown(10))
            assert os.waitpid(child, 0)[1] == 0
        assert tracing.shutdown(10)
        """,
        endpoint,
        protocol,
        when,
    )
    assert (done.returncode, done.stderr) == (0, "")
    spans = collector.spans()
    assert sorted(span.name for span in spans) == ["child 0", "child 1", "child 2", "parent"]
    assert len({span.resource["service.instance.id"] for span in spans}) == 4


def test_a_signal_handler_may_end_spans_and_shut_down(collector: Collector) -> None:
    """Whatever the main thread is doing with tracing when the signal comes, nothing waits for itself."""
    tracing.configure(configuration_for(collector, "http/protobuf"))
    answers = []

    def on_alarm(_number: int, _frame: object) -> None:
        record(1, "in the handler")
        answers.append(tracing.flush(10.0))

    before = signal.signal(signal.SIGALRM, on_alarm)
    try:
        end = time.monotonic() + 1.0
        while time.monotonic() < end:
            signal.setitimer(signal.ITIMER_REAL, 0.002)
            record(10)
            tracing.flush(10.0)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert answers
    assert all(answers)
    assert tracing.flush(10.0)
