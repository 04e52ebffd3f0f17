"""A trace on demand."""

from __future__ import annotations

import re

from reference_server.client.trace import OnDemandTrace
from tracing_facade.propagation import parse_traceparent


def _parts(trace: OnDemandTrace) -> tuple[str, str]:
    _, trace_id, parent_id, _ = trace.headers["traceparent"].split("-")
    return trace_id, parent_id


def test_the_header_is_valid() -> None:
    """Random trace id, a parent id that is not zero, sampled and random flags; KEP-647's own example is invalid."""
    trace = OnDemandTrace()
    header = trace.headers["traceparent"]
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-03", header)
    parsed = parse_traceparent(header)
    assert parsed is not None
    assert (parsed.trace_id, parsed.flags) == (trace.trace_id, 3)
    assert trace.headers == trace.headers
    assert parse_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4737-0000000000000000-01") is None


def test_every_trace_is_another() -> None:
    """Ids do not repeat."""
    assert len({_parts(OnDemandTrace()) for _ in range(100)}) == 100


def _after(*answers: str) -> OnDemandTrace:
    """Return a trace after answers whose traceresponse is a template of its ids."""
    trace = OnDemandTrace()
    trace_id, parent_id = _parts(trace)
    for answer in answers:
        header = answer.format(trace=trace_id, parent=parent_id)
        trace.note({"traceresponse": header} if header else {})
    return trace


JOINED = "00-{trace}-00f067aa0ba902b7-03"


def test_a_server_that_joins_and_records() -> None:
    """Its spans are known."""
    trace = _after(JOINED)
    assert trace.verdict() == "The server has joined it and records it."
    assert trace.span_ids == ["00f067aa0ba902b7"]


def test_a_server_that_does_not_answer_about_traces() -> None:
    """Does not trust the caller, or does not trace: both are said, and where trust is set."""
    trace = _after("")
    assert trace.verdict().startswith("The server did not join it: it does not trust you")
    assert "system:masters" in trace.verdict()
    assert trace.span_ids == []


def test_a_server_with_a_trace_of_its_own() -> None:
    """Its id is told."""
    trace = _after("00-4bf92f3577b34da6a3ce929d0e0e4737-00f067aa0ba902b7-03")
    assert "its own trace of this request is 4bf92f3577b34da6a3ce929d0e0e4737" in trace.verdict()
    assert trace.span_ids == []


def test_a_server_that_only_passes_it_on() -> None:
    """It answers with the caller's own span, since it has none."""
    assert "tracing is off there" in _after("00-{trace}-{parent}-03").verdict()


def test_a_server_that_may_not_be_forced() -> None:
    """It joins and does not record."""
    assert "does not record it" in _after("00-{trace}-00f067aa0ba902b7-02").verdict()


def test_one_refusal_among_several_answers_is_told() -> None:
    """And the spans of the others are known."""
    trace = _after(JOINED, "")
    assert "did not join" in trace.verdict()
    assert trace.span_ids == ["00f067aa0ba902b7"]


def test_garbage_counts_as_no_answer() -> None:
    """A header that cannot be read says nothing."""
    assert "did not join" in _after("00-garbage").verdict()


def test_without_an_answer_there_is_nothing_to_tell() -> None:
    """The server was not reached."""
    assert not OnDemandTrace().was_answered
    assert _after("").was_answered
