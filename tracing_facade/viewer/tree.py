"""The spans of one trace in the order and depth in which they are drawn, whatever is wrong with parents and clocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tracing_facade.viewer.span import ViewedSpan

MOST_DEPTH = 24
_NOTED_SKEW_NS = 1_000_000


@dataclass(frozen=True)
class Row:
    """One line of the waterfall; without a ``span`` it stands for a parent that is referred to but was not received.

    ``shift_ns`` is what the picture adds to the times of the span because its clock disagrees with its parent's.
    ``last`` tells of each level down to this one whether it is the last child there: what branches are drawn from. It
    goes ``MOST_DEPTH`` levels deep, ``depth`` counts on. ``crosses`` tells whether the parent is of another service.
    """

    span: ViewedSpan | None
    parent_span_id: str = ""
    depth: int = 0
    last: tuple[bool, ...] = ()
    shift_ns: int = 0
    note: str = ""
    crosses: bool = True

    @property
    def start_ns(self) -> int:
        """When it starts in the picture."""
        return self.span.start_ns + self.shift_ns if self.span else 0

    @property
    def end_ns(self) -> int:
        """When it ends in the picture, never before its start."""
        return self.start_ns + self.span.duration_ns if self.span else 0


def arrange(spans: Iterable[ViewedSpan]) -> list[Row]:
    """Return the rows of a trace: parents before children, siblings by start, each span exactly once.

    A span that arrived twice counts once. Spans whose parent was not received stand under a row for that parent, and a
    cycle of parents is opened at its earliest span.
    """
    known = {span.span_id: span for span in spans}
    ordered = sorted(known.values(), key=lambda span: (span.start_ns, span.span_id))
    children: dict[str, list[ViewedSpan]] = {}
    for span in ordered:
        children.setdefault(span.parent_span_id, []).append(span)
    drawn: set[str] = set()
    # Keyed, since spans with the same absent parent have one top between them.
    tops = {span.parent_span_id or span.span_id: _top(span) for span in ordered if span.parent_span_id not in known}
    rows = [row for top in tops.values() for row in _descend(top, children, drawn)]
    for span in ordered:
        if span.span_id not in drawn:  # Only spans of cycles are left; opening one draws all of its spans.
            rows += _descend(Row(span, note="its parents form a cycle"), children, drawn)
    return rows


def _top(span: ViewedSpan) -> Row:
    return Row(None, parent_span_id=span.parent_span_id) if span.parent_span_id else Row(span)


def _descend(top: Row, children: Mapping[str, Sequence[ViewedSpan]], drawn: set[str]) -> Iterator[Row]:
    waiting = [top]
    while waiting:
        row = waiting.pop()
        if row.span:
            drawn.add(row.span.span_id)
        yield row
        own_id = row.span.span_id if row.span else row.parent_span_id
        below = [span for span in children.get(own_id, ()) if span.span_id not in drawn]
        waiting += [_child(row, span, index == 0) for index, span in enumerate(reversed(below))]


def _child(parent: Row, span: ViewedSpan, is_last: bool) -> Row:
    shift, note = _shift(parent, span)
    last = (*parent.last, is_last)[:MOST_DEPTH]
    crosses = parent.span is None or parent.span.service != span.service
    return Row(span, span.parent_span_id, parent.depth + 1, last, shift, note, crosses)


def _shift(parent: Row, span: ViewedSpan) -> tuple[int, str]:
    """Return how far to move a child in the picture, and the remark about it.

    Only a span from another process is moved: there the clock differs. One that a process itself starts before its
    parent stays where it is, since its time is right.
    """
    if parent.span is None:
        return parent.shift_ns, ""
    start = span.start_ns + parent.shift_ns
    early = parent.start_ns - start
    # Ending late is no sign of it: a server may have work left when its answer has been read.
    late = start - parent.end_ns if _answers(parent.span, span) else 0
    if early <= 0 and late <= 0:
        return parent.shift_ns, ""
    if span.resource == parent.span.resource:
        return parent.shift_ns, "starts before its parent" if early >= _NOTED_SKEW_NS else ""
    spare = max(parent.span.duration_ns - span.duration_ns, 0)
    moved = parent.start_ns + spare // 2 - start
    return parent.shift_ns + moved, f"clock differs, drawn {_signed_ms(moved)}" if abs(moved) >= _NOTED_SKEW_NS else ""


def _answers(parent: ViewedSpan, span: ViewedSpan) -> bool:
    """Tell whether the parent waits for the child, so that the child cannot start after its end."""
    return parent.kind == "CLIENT" and span.kind == "SERVER" and span.duration_ns <= parent.duration_ns


def _signed_ms(nanoseconds: int) -> str:
    return f"{abs(nanoseconds) / 1e6:,.1f} ms {'later' if nanoseconds > 0 else 'earlier'}"
