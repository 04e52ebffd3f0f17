"""carry_context: work in another thread or task continues the trace in which it was given away."""

from __future__ import annotations

import asyncio
import inspect
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import tracing_facade as tracing
from tests.tracing_facade._engine.conftest import engine_name  # noqa: F401  # every test on both engines
from tracing_facade.testing import capture_spans
from tracing_facade.trust import trust_everyone


def _work(n: int = 0) -> str:
    with tracing.start_span("work", {"n": n}) as span:
        return span.trace_id


def test_work_in_a_pool_is_below_the_span_that_submitted_it() -> None:
    """Also when that span has ended before the work begins."""
    with ThreadPoolExecutor(2) as pool, capture_spans() as spans:
        with tracing.start_span("outer"):
            carried = tracing.carry_context(_work)
        list(pool.map(carried, range(20)))
    outer, *work = spans
    assert {(span.trace_id, span.parent_span_id) for span in work} == {(outer.trace_id, outer.span_id)}
    assert sorted((span.attributes or {})["n"] for span in work) == list(range(20))


def test_without_it_work_in_a_pool_begins_a_trace() -> None:
    """Threads share no context by themselves."""
    with ThreadPoolExecutor(1) as pool, capture_spans() as spans, tracing.start_span("outer"):
        pool.submit(_work).result()
    assert spans[0].trace_id != spans[1].trace_id


def test_a_thread_of_the_pool_is_as_it_was_afterwards() -> None:
    """The next work in that thread is not in the trace of the last, whether that returned or raised."""

    def fail() -> None:
        raise LookupError

    with ThreadPoolExecutor(1) as pool, capture_spans():
        with tracing.start_span("outer"):
            pool.submit(tracing.carry_context(_work)).result()
            with pytest.raises(LookupError):
                pool.submit(tracing.carry_context(fail)).result()
        assert not pool.submit(lambda: tracing.current_span().is_recording()).result()


def test_one_carried_function_may_run_at_the_same_time() -> None:
    """Each thread restores its own context."""
    barrier = threading.Barrier(4)

    def work() -> str:
        barrier.wait(10)
        with tracing.start_span("inner"):
            barrier.wait(10)
        return tracing.current_span().span_id

    with capture_spans() as spans, tracing.start_span("outer") as outer, ThreadPoolExecutor(4) as pool:
        carried = tracing.carry_context(work)
        futures = [pool.submit(carried) for _ in range(4)]
        assert [future.result() for future in futures] == [outer.span_id] * 4
    assert {span.parent_span_id for span in spans if span.name == "inner"} == {outer.span_id}


def test_baggage_is_carried_too() -> None:
    """What travels with the request travels into the pool."""

    def work() -> dict[str, str]:
        headers: dict[str, str] = {}
        tracing.inject(headers)
        return headers

    with (
        ThreadPoolExecutor(1) as pool,
        capture_spans(),
        tracing.extract({"baggage": "tenant=a"}, trust=trust_everyone),
    ):
        assert pool.submit(tracing.carry_context(work)).result()["baggage"] == "tenant=a"


def test_a_coroutine_function_is_carried_into_another_loop() -> None:
    """The context holds while the coroutine runs, not only while it is made."""

    async def work() -> str:
        await asyncio.sleep(0)
        return tracing.current_span().span_id

    with capture_spans(), tracing.start_span("outer") as outer, ThreadPoolExecutor(1) as pool:
        carried = tracing.carry_context(work)
        assert inspect.iscoroutinefunction(carried)
        assert pool.submit(lambda: asyncio.run(carried())).result() == outer.span_id


def test_signature_result_and_errors_are_those_of_the_function() -> None:
    """Only the context differs."""

    def work(a: int, *, b: int) -> Any:
        """Explain."""
        if b:
            raise LookupError(a)
        return a

    carried = tracing.carry_context(work)
    assert (carried.__name__, carried.__doc__, inspect.signature(carried)) == (
        "work",
        "Explain.",
        inspect.signature(work),
    )
    assert carried(1, b=0) == 1
    with pytest.raises(LookupError):
        carried(1, b=1)
