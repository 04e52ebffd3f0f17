"""The order and depth of spans, whatever is wrong with parents and clocks."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from tests.tracing_facade.viewer.spans import span
from tracing_facade.viewer.span import ViewedSpan
from tracing_facade.viewer.tree import MOST_DEPTH, Row, arrange


def _outline(spans: list[ViewedSpan]) -> list[str]:
    return ["  " * row.depth + (row.span.span_id.lstrip("0") if row.span else "remote") for row in arrange(spans)]


def test_children_follow_their_parent_by_start() -> None:
    """Rows are parents before children, siblings in the order in which they started."""
    spans = [span("3", "1", at=5), span("2", "1", at=1), span("4", "2", at=2), span("1")]
    assert _outline(spans) == ["1", "  2", "    4", "  3"]


def test_an_absent_parent_gets_a_row() -> None:
    """Spans of one absent parent stand together under a row for it."""
    spans = [span("2", "9", at=1), span("3", "9", at=0)]
    assert _outline(spans) == ["remote", "  3", "  2"]


def test_a_span_that_came_twice_is_drawn_once() -> None:
    """A batch that was sent again adds no rows; the later one counts."""
    rows = arrange([span("1", name="early"), span("1", name="late")])
    assert [row.span.name for row in rows if row.span] == ["late"]


def test_a_cycle_is_opened_at_its_earliest_span() -> None:
    """Spans that are each other's parents are drawn once, with a remark."""
    rows = arrange([span("1"), span("2", "3", at=2), span("3", "2", at=1), span("4", "4", at=3)])
    assert [(row.span.span_id[-1], row.depth, bool(row.note)) for row in rows if row.span] == [
        ("1", 0, False),
        ("3", 0, True),
        ("2", 1, False),
        ("4", 0, True),
    ]


_ids = st.integers(1, 12)


@given(st.lists(st.tuples(_ids, st.integers(0, 15), st.integers(0, 5)), max_size=15))
def test_each_span_is_drawn_exactly_once(drawn: list[tuple[int, int, int]]) -> None:
    """For any parents at all, no span is lost and none is drawn twice."""
    spans = [span(f"{own:x}", f"{parent:x}" if parent else "", at=start) for own, parent, start in drawn]
    found = [row.span.span_id for row in arrange(spans) if row.span]
    assert sorted(found) == sorted({each.span_id for each in spans})


def test_a_chain_of_thousands_is_no_problem() -> None:
    """Depth is limited by nothing but the number of spans, and each row stays small."""
    spans = [span(f"{number:x}", f"{number - 1:x}" if number > 1 else "", at=number) for number in range(1, 5001)]
    random.Random(1).shuffle(spans)
    rows = arrange(spans)
    assert rows[-1].depth == 4999
    assert len(rows[-1].last) == MOST_DEPTH


def _child(rows: list[Row]) -> Row:
    return rows[1]


def test_a_clock_that_is_behind_is_corrected() -> None:
    """A server of another process is drawn in the middle of the call that waited for it, and the remark says so."""
    call = span("1", at=1000, until=1010, kind="CLIENT")
    answer = span("2", "1", at=400, until=404, kind="SERVER", service="other")
    row = _child(arrange([call, answer]))
    assert (row.start_ns, row.end_ns) == (1_003_000_000, 1_007_000_000)
    assert row.note == "clock differs, drawn 603.0 ms later"


def test_a_clock_that_is_ahead_is_corrected() -> None:
    """The answer cannot begin after the call that waited for it."""
    call = span("1", at=1000, until=1010, kind="CLIENT")
    answer = span("2", "1", at=2000, until=2004, kind="SERVER", service="other")
    assert _child(arrange([call, answer])).start_ns == 1_003_000_000


def test_a_server_that_ends_late_is_left_alone() -> None:
    """It may log, or close what it used, when its answer has been read already; that says nothing about clocks."""
    call = span("1", at=1000, until=1010, kind="CLIENT")
    answer = span("2", "1", at=1004, until=1013, kind="SERVER", service="other")
    row = _child(arrange([call, answer]))
    assert (row.shift_ns, row.note) == (0, "")


def test_descendants_move_along() -> None:
    """What a span with a wrong clock started has the same wrong clock."""
    call = span("1", at=1000, until=1010, kind="CLIENT")
    answer = span("2", "1", at=400, until=404, kind="SERVER", service="other")
    query = span("3", "2", at=401, until=402, service="other")
    assert arrange([call, answer, query])[2].start_ns == 1_004_000_000


def test_work_that_goes_on_after_its_parent_is_left_alone() -> None:
    """A consumer may start long after the producer has ended."""
    sent = span("1", at=0, until=1, kind="PRODUCER")
    handled = span("2", "1", at=500, until=600, kind="CONSUMER", service="other")
    assert _child(arrange([sent, handled])).shift_ns == 0


def test_an_early_child_of_the_same_process_is_left_alone() -> None:
    """Within a process the clock is right; the remark tells what is odd."""
    row = _child(arrange([span("1", at=10, until=20), span("2", "1", at=5, until=12)]))
    assert (row.shift_ns, row.note) == (0, "starts before its parent")
