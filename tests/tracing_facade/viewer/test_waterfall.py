"""The waterfall as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tracing_facade.viewer.spans import TRACE_ID, span
from tracing_facade.viewer.plain_text import display_width
from tracing_facade.viewer.span import ViewedEvent, ViewedLink
from tracing_facade.viewer.waterfall import MOST_ROWS, format_duration, render_waterfall


def test_one_trace_looks_like_this() -> None:
    """Names, services where they change, kinds, bars, durations, errors and attributes, all in their place."""
    spans = [
        span("1", "f", name="POST /orders", kind="SERVER", until=20, attributes={"http.response.status_code": 201}),
        span("2", "1", name="authentication", at=0, until=2),
        span("3", "1", name="POST", kind="CLIENT", at=4, until=14),
        span("4", "3", name="POST /pay", kind="SERVER", at=5, until=10, service="bank", status="ERROR",
             status_message="no funds"),
        span("5", "1", name="store", at=15, until=20, events=(ViewedEvent("committed", 0, {}),)),
    ]  # fmt: skip
    assert render_waterfall(spans, width=80) == (
        f"trace {TRACE_ID} · 5 spans · 2 services · 20 ms · 1 error\n"
        "remote parent 000000000000000f (not received)\n"
        "└─ shop: POST /orders [server]            ████████████████████████████     20 ms\n"
        "     http.response.status_code=201\n"
        "   ├─ authentication                      ███                               2 ms\n"
        "   ├─ POST [client]                            ██████████████              10 ms\n"
        "   │  └─ ✗ bank: POST /pay [server]              ███████                    5 ms\n"
        "   │       error: no funds\n"
        "   └─ store                                                    ███████      5 ms\n"
        "        event committed\n"
    )


_names = st.text(max_size=60)


@given(
    st.lists(st.tuples(_names, st.integers(0, 9), st.integers(-(10**6), 10**6), st.integers(-5, 10**6)), max_size=8),
    st.integers(0, 200),
    _names,
)
def test_no_line_is_wider_than_asked_for(drawn: list[tuple[str, int, int, int]], width: int, service: str) -> None:
    """For any spans and any width from forty columns up, lines fit and hold nothing that a terminal obeys."""
    spans = [
        span(f"{number:x}", f"{parent:x}" if parent else "", at=max(start, 0), until=max(start + length, 0), name=name,
             service=service, attributes={name: service}, status_message=name)
        for number, (name, parent, start, length) in enumerate(drawn, 1)
    ]  # fmt: skip
    lines = render_waterfall(spans, width=width).removesuffix("\n").split("\n")
    assert max(map(display_width, lines)) <= max(width, 40)
    assert all(line.isprintable() for line in lines)


def test_a_trace_without_spans_is_one_line() -> None:
    """Nothing to draw is no error."""
    assert render_waterfall([]) == "trace (empty) · 0 spans · 0 services · 0 ns\n"


def test_colour_is_used_when_asked_for_only() -> None:
    """Escape sequences are ours alone, and only with ``colour``."""
    spans = [span("1", name="\x1b[5mblink", status="ERROR")]
    assert "\x1b" not in render_waterfall(spans)
    assert "\x1b[31m" in render_waterfall(spans, colour=True)
    assert "\x1b[5m" not in render_waterfall(spans, colour=True)


def test_a_span_that_ends_before_it_starts_is_remarked_upon() -> None:
    """A negative duration is drawn as none, and said."""
    assert "ends before it starts" in render_waterfall([span("1", at=10, until=5)])


def test_links_are_named() -> None:
    """The trace that a span points at is there to be looked up."""
    assert f"link to trace {'b' * 32}" in render_waterfall([span("1", links=(ViewedLink("b" * 32, "c" * 16, {}),))])


def test_the_most_telling_attribute_comes_first() -> None:
    """When the line is too narrow for all attributes, it is the least telling ones that are cut."""
    text = render_waterfall([span("1", attributes={"z": "x" * 60, "error.type": "timeout"})], width=60)
    assert "  error.type=timeout  z=xx" in text


def test_a_huge_trace_is_cut() -> None:
    """A terminal is not flooded; the last line tells how much is missing."""
    text = render_waterfall([span(f"{number:x}") for number in range(1, MOST_ROWS + 101)])
    assert text.count("\n") == MOST_ROWS + 2
    assert "and 100 more spans" in text


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0, "0 ns"),
        (999, "999 ns"),
        (1_500, "1.5 µs"),
        (12_345_678, "12.3 ms"),
        (999_900_000, "1,000 ms"),
        (61_000_000_000, "61 s"),
        (3_600_000_000_000, "3,600 s"),
    ],
)
def test_durations_read_well(nanoseconds: int, text: str) -> None:
    """Three figures in the unit that suits."""
    assert format_duration(nanoseconds) == text
