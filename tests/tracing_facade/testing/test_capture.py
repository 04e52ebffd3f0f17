"""Capturing: what is collected, what fails a test, and that everything is put back."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

import tracing_facade as tracing
from tests.tracing_facade.testing.shop_spans import ACCEPTED, CHECK_OUT, PAY
from tracing_facade.policy import Policy
from tracing_facade.testing import FixedClock, capture_spans

DECLARATIONS = ("tests.tracing_facade.testing.shop_spans",)
FIXED = {"cd613e30d8f16adf91b7584a2265b1f5", "1e2feb89414c343c", "1027c4d1c386bbc4"}
STRICT = Policy(declarations=DECLARATIONS, undeclared_spans="error", undeclared_attributes="error")


def _failure(work: Callable[[], object], policy: Policy | None = None) -> str:
    """Return what a test that does this work fails with."""
    with pytest.raises(AssertionError) as failed, capture_spans(policy=policy):
        work()
    return str(failed.value)


def test_it_is_a_list_of_the_spans_that_ended() -> None:
    """In the order in which they ended; those with a name are found by it."""
    with capture_spans() as captured:
        with tracing.start_span("outer"):
            for _ in range(2):
                with tracing.start_span("inner"):
                    pass
        assert len(captured) == 3
    assert isinstance(captured, list)
    assert [span.name for span in captured] == ["inner", "inner", "outer"]
    assert captured.named("inner") == captured[:2]
    assert [span.name for span in captured.started] == ["outer", "inner", "inner"]


def test_declared_spans_pass_the_strictest_policy() -> None:
    """Nothing is wrong with what is declared."""
    with capture_spans(policy=STRICT) as captured:
        with tracing.start_span(CHECK_OUT, {"order.items": 2, "order.state": "new"}), tracing.start_span(PAY) as span:
            span.add_event(ACCEPTED, {"card.brand": "any"})
        with tracing.start_span("pay"):
            pass
    assert captured.findings == []


def _emit(span: Any, attributes: dict[str, Any] | None = None, event: str = "", details: Any = None) -> None:
    with tracing.start_span(span, attributes) as started:
        if event:
            started.add_event(event, details)


@pytest.mark.parametrize(
    ("work", "finding"),
    [
        (lambda: _emit("checkout.pack"), "the span 'checkout.pack' is not declared; declare it in one of"),
        (lambda: _emit(CHECK_OUT, {"order.colour": "red"}), "checkout: the attribute 'order.colour' is not declared"),
        (lambda: _emit(CHECK_OUT, event="packed"), "checkout: the attribute 'event packed' is not declared"),
        (lambda: _emit(PAY, None, ACCEPTED.name, {"card.bank": "b"}), "checkout.pay/card.accepted: the attribute"),
        (lambda: _emit(CHECK_OUT, {"order.items": "2"}), "'order.items' is refused (its value does not have the decl"),
        (lambda: _emit(CHECK_OUT, {"order.state": "lost"}), "'order.state' is refused (its value is not one of the"),
    ],
    ids=["span", "attribute", "event", "attribute of an event", "type", "value"],
)
def test_what_the_policy_calls_an_error_fails_the_test(work: Callable[[], object], finding: str) -> None:
    """The message says what it is and what to do."""
    message = _failure(work, STRICT)
    assert finding in message
    assert message.startswith("the spans of this test have 1 fault:\n")
    assert "capture_spans(check=False)" in message


def test_what_the_policy_warns_of_fails_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """It is in the log, as in production."""
    policy = Policy(declarations=DECLARATIONS, undeclared_spans="warn", undeclared_attributes="warn")
    with caplog.at_level(logging.WARNING, "tracing_facade.policy"), capture_spans(policy=policy) as captured:
        _emit("checkout.pack")
        _emit(CHECK_OUT, {"order.colour": "red"})
    assert len(captured) == 2
    assert [("checkout.pack" in text, "order.colour" in text) for text in caplog.messages] == [
        (True, False),
        (False, True),
    ]


def test_a_span_that_never_ends_fails_the_test() -> None:
    """By name, with how often."""

    def work() -> None:
        for name in ("forgotten", "left", "forgotten"):
            tracing.start_span(name)

    message = _failure(work)
    assert "the span 'forgotten' was started 2 times and never ended; start it in a `with` statement" in message
    assert "the span 'left' was started and never ended" in message


def test_other_threads_have_time_to_end_their_spans() -> None:
    """A server ends its span after its client has the answer."""
    entered, left = threading.Event(), threading.Event()

    def serve() -> None:
        with tracing.start_span("served"):
            entered.set()
            left.wait(10)
            time.sleep(0.05)

    thread = threading.Thread(target=serve)
    with capture_spans() as captured:
        thread.start()
        entered.wait(10)
        left.set()
    thread.join()
    assert [span.name for span in captured] == ["served"]


def test_a_span_that_stays_current_fails_the_test_and_not_the_next_one() -> None:
    """What was current before is current again."""

    def leak() -> None:
        tracing.start_span("leaking").__enter__()
        tracing.start_span("leaked").__enter__()

    message = _failure(leak)
    assert "after the block the span 'leaked' is current, before it was no span; leave a span in" in message
    assert not tracing.current_span().is_recording()
    with capture_spans():
        pass


def test_a_block_inside_of_a_span_leaves_that_span_current() -> None:
    """Also when it is another block's."""
    with capture_spans() as outer, tracing.start_span("outer") as span:
        with capture_spans() as inner, tracing.start_span("inner"):
            pass
        assert tracing.current_span() is span
    assert ([s.name for s in inner], [s.name for s in outer]) == (["inner"], ["outer"])


def test_the_failure_of_the_test_itself_goes_first() -> None:
    """Whatever is wrong with the spans is then a consequence at most."""
    with pytest.raises(KeyError), capture_spans():
        _fail_with_an_open_span()


def _fail_with_an_open_span() -> None:
    tracing.start_span("open")
    raise KeyError


def test_looking_without_checking() -> None:
    """The findings are there, and fail nothing."""
    with capture_spans(policy=STRICT, check=False) as captured:
        _emit("other")
        tracing.start_span(CHECK_OUT)
    assert captured == []
    assert [finding.partition(" ")[0] for finding in captured.findings] == ["the", "the"]
    with pytest.raises(AssertionError, match="2 faults"):
        captured.check()


def test_fixed_ids_are_the_same_in_every_run() -> None:
    """With either engine; afterwards they are random again."""

    def run(fixed_ids: bool) -> list[str]:
        with capture_spans(fixed_ids=fixed_ids) as captured, tracing.start_span("a"), tracing.start_span("b"):
            pass
        return [part for span in captured for part in (span.trace_id, span.span_id, span.parent_span_id)]

    assert run(True) == run(True)
    assert {part for part in run(True) if part} == FIXED
    assert run(False) != run(False)


def test_a_fixed_clock_decides_all_times() -> None:
    """Of spans and events; afterwards time goes on as usual."""
    with capture_spans(clock=FixedClock(1_000, 10)) as captured, tracing.start_span("a") as span:
        span.add_event("e")
    assert [(span.start_ns, span.end_ns, (span.events or [])[0][1]) for span in captured] == [(1_000, 1_020, 1_010)]
    with capture_spans() as captured, tracing.start_span("a"):
        pass
    assert captured[0].start_ns > 1_600_000_000_000_000_000


def test_a_clock_can_be_put_forward(caplog: pytest.LogCaptureFixture) -> None:
    """So that a slow span needs no slow test."""
    clock = FixedClock()
    slow = tracing.SpanSpec("slow", slow_after=1.5)
    with caplog.at_level(logging.WARNING, "tracing_facade.slow"), capture_spans(clock=clock):
        with tracing.start_span(slow):
            clock.advance(1.0)
        with tracing.start_span(slow):
            clock.advance(2.0)
    (message,) = caplog.messages
    assert message.startswith("slow span slow: 2001.0 ms (limit 1500.0 ms)")


def test_tasks_leave_nothing_current() -> None:
    """Each task has a context of its own."""

    async def main() -> None:
        async def work(name: str) -> None:
            with tracing.start_span(name):
                await asyncio.sleep(0)

        with tracing.start_span("all"):
            await asyncio.gather(work("first"), work("second"))

    with capture_spans() as captured:
        asyncio.run(main())
    assert (
        captured.tree()
        == """
        all
          first
          second
    """
    )
