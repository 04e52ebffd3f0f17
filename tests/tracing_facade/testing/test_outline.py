"""The outline of captured spans, and how it compares."""

from __future__ import annotations

import pytest

import tracing_facade as tracing
from tracing_facade.testing import CapturedSpans, FixedClock, Outline, capture_spans

SERVER = tracing.SpanSpec("served", kind=tracing.SpanKind.SERVER)
CLIENT = tracing.SpanSpec("called", kind=tracing.SpanKind.CLIENT)


@pytest.fixture
def captured() -> CapturedSpans:
    """Return a trace with some of everything, and a second one."""
    with capture_spans(clock=FixedClock()) as spans:
        with tracing.start_span(SERVER, {"http.route": "/a", "a": 1}) as span:
            with pytest.raises(KeyError), tracing.start_span(CLIENT):
                raise KeyError("gone")
            with tracing.start_span("reckoned", {"sums": [1, 2]}) as reckoned:
                reckoned.add_event("rounded", {"digits": 2})
                reckoned.set_status(True)
            span.add_event("answered")
        with tracing.start_span("second trace"):
            pass
    return spans


def test_the_tree(captured: CapturedSpans) -> None:
    """Names, kinds and statuses, below their parents in the order in which they began."""
    assert (
        captured.tree()
        == """
        served [server]
          called [client] ERROR
          reckoned OK
        second trace
    """
    )


def test_attributes_and_events_on_request(captured: CapturedSpans) -> None:
    """All of them, or those that are named."""
    assert (
        captured.tree(attributes=["a", "sums", "digits"], events=["rounded", "answered"])
        == """
        served [server] a=1
          * answered
          called [client] ERROR
          reckoned OK sums=(1, 2)
            * rounded digits=2
        second trace
    """
    )
    assert captured.tree(attributes=True).splitlines()[0] == "served [server] a=1 http.route='/a'"
    assert "  * exception exception.escaped=" in captured.tree(attributes=True, events=True)


def test_a_span_whose_parent_is_elsewhere_begins_at_the_margin() -> None:
    """The parent is in another process, or has not ended."""
    with capture_spans() as captured, tracing.start_span("outer"):
        with tracing.start_span("inner"):
            pass
        assert captured.tree() == "inner"
    assert captured.tree() == "outer\n  inner"


@pytest.mark.parametrize(
    "other",
    ["a\n  b", "\n    a\n      b\n    ", "a   \n  b\n\n", "\n\n a\n   b"],
    ids=["as it is", "indented", "trailing spaces", "empty lines"],
)
def test_equal_outlines(other: str) -> None:
    """Where the literal stands does not matter, from either side."""
    outline = Outline("a\n  b")
    assert outline == other
    assert other == outline
    assert (outline != other) is False
    assert hash(outline) == hash(Outline(other))


@pytest.mark.parametrize("other", ["a\nb", "a\n   b", "a\n  b\n  c", "", None, 1])
def test_other_outlines(other: object) -> None:
    """What stands below what does matter."""
    assert Outline("a\n  b") != other
