"""A trace as a waterfall of text: one line a span, with a bar for its time, and its most telling attributes below."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tracing_facade.viewer.plain_text import display_width, neutralise, pad, shorten
from tracing_facade.viewer.span import ViewedSpan
from tracing_facade.viewer.tree import Row, arrange

LEAST_WIDTH = 40
MOST_ROWS = 500
_MOST_DETAILS = 30
_DURATION_WIDTH = 9
_MOST_CHARACTERS = 500  # of one name or value; no terminal shows more of it in a line
_KINDS = {"SERVER": "server", "CLIENT": "client", "PRODUCER": "producer", "CONSUMER": "consumer"}
_BOLD, _DIM, _RED = "1", "2", "31"
_SERVICE_COLOURS = ("36", "33", "35", "34", "32")
# What says most about a span comes first; everything else follows in the order of the sender.
_TELLING = (
    "error.type",
    "http.response.status_code",
    "http.request.method",
    "http.route",
    "url.path",
    "server.address",
    "server.port",
    "db.operation.name",
    "db.collection.name",
    "rpc.service",
    "rpc.method",
    "user.name",
)


@dataclass(frozen=True)
class _Picture:
    """What every line of one waterfall shares."""

    label_width: int
    bar_width: int
    width: int
    start_ns: int
    duration_ns: int
    colour_of: dict[str, str]
    colour: bool

    def paint(self, text: str, *codes: str) -> str:
        return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if self.colour and codes and text else text


def render_waterfall(spans: Iterable[ViewedSpan], *, width: int = 100, colour: bool = False) -> str:
    """Return the waterfall of one trace, each line at most ``width`` columns, ending in a newline.

    Nothing in the spans can move the cursor, colour the text or hide what stands beside it.
    """
    rows = arrange(spans)
    shown = rows[:MOST_ROWS]
    picture = _picture(rows, [_label(row) for row in shown], max(width, LEAST_WIDTH), colour)
    lines = [_title(rows, picture)]
    for row in shown:
        lines += _lines(row, picture)
    if len(rows) > len(shown):
        lines.append(f"… and {len(rows) - len(shown):,} more spans; the HTTP API has them all")
    return "\n".join(lines) + "\n"


def _picture(rows: list[Row], labels: list[str], width: int, colour: bool) -> _Picture:
    drawn = [row for row in rows if row.span]
    start = min((row.start_ns for row in drawn), default=0)
    end = max((row.end_ns for row in drawn), default=0)
    longest = max((display_width(label) for label in labels), default=0)
    # The names get what they need, up to three fifths, so that there is always something left for the bars.
    label_width = min(longest, (width - _DURATION_WIDTH - 2) * 3 // 5)
    services = dict.fromkeys(row.span.service for row in drawn if row.span)
    colours = {name: _SERVICE_COLOURS[i % len(_SERVICE_COLOURS)] for i, name in enumerate(services)}
    bar_width = width - label_width - _DURATION_WIDTH - 2
    return _Picture(label_width, bar_width, width, start, max(end - start, 1), colours, colour)


def _title(rows: list[Row], picture: _Picture) -> str:
    spans = [row.span for row in rows if row.span]
    errors = sum(span.status == "ERROR" for span in spans)
    parts = [
        f"trace {spans[0].trace_id if spans else '(empty)'}",
        _count(len(spans), "span"),
        _count(len(picture.colour_of), "service"),
        format_duration(picture.duration_ns if spans else 0),
    ]
    parts += [_count(errors, "error")] if errors else []
    return picture.paint(shorten(" · ".join(parts), picture.width), _BOLD, *([_RED] if errors else []))


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _lines(row: Row, picture: _Picture) -> Iterator[str]:
    span = row.span
    label = pad(_label(row), picture.label_width)
    if span is None:
        yield picture.paint(shorten(_label(row), picture.width), _DIM)
        return
    colour = _RED if span.status == "ERROR" else picture.colour_of[span.service]
    bar = picture.paint(_bar(row, picture), colour)
    duration = format_duration(span.duration_ns).rjust(_DURATION_WIDTH)
    yield f"{picture.paint(label, colour)} {bar} {duration}"
    details = _details(row, span)
    if details:
        indent = _branches(row, below=True) + "  "
        yield picture.paint(shorten(indent + details, picture.width), _DIM)


def _label(row: Row) -> str:
    if row.span is None:
        return f"remote parent {row.parent_span_id} (not received)"
    span = row.span
    mark = "✗ " if span.status == "ERROR" else ""
    service = f"{_safe(span.service)}: " if row.crosses else ""
    kind = f" [{_KINDS[span.kind]}]" if span.kind in _KINDS else ""
    return f"{_branches(row)}{mark}{service}{_safe(span.name) or '(no name)'}{kind}"


def _safe(value: object) -> str:
    return neutralise(str(value)[:_MOST_CHARACTERS])


def _branches(row: Row, *, below: bool = False) -> str:
    if not row.last:
        return ""
    if row.depth > len(row.last):
        return "  " * len(row.last) + f"…{row.depth} "
    above = "".join("   " if last else "│  " for last in row.last[:-1])
    own = ("   " if row.last[-1] else "│  ") if below else ("└─ " if row.last[-1] else "├─ ")
    return above + own


def _bar(row: Row, picture: _Picture) -> str:
    scale = picture.bar_width / picture.duration_ns
    begin = min(int((row.start_ns - picture.start_ns) * scale), picture.bar_width - 1)
    length = max(round((row.end_ns - row.start_ns) * scale), 0)
    drawn = "█" * min(length, picture.bar_width - begin) or "▏"
    return (" " * begin + drawn).ljust(picture.bar_width)


def _details(row: Row, span: ViewedSpan) -> str:
    parts = [row.note] if row.note else []
    if span.end_ns < span.start_ns:
        parts.append("ends before it starts")
    if span.status == "ERROR" and span.status_message:
        parts.append(f"error: {_safe(span.status_message)}")
    parts += [f"{_safe(key)}={_safe(span.attributes[key])}" for key in _by_importance(span)[:_MOST_DETAILS]]
    parts += [f"event {_safe(event.name)}" for event in span.events[:_MOST_DETAILS]]
    parts += [f"link to trace {link.trace_id}" for link in span.links[:_MOST_DETAILS]]
    return "  ".join(parts)


def _by_importance(span: ViewedSpan) -> list[str]:
    telling = [key for key in _TELLING if key in span.attributes]
    return telling + [key for key in span.attributes if key not in _TELLING]


def format_duration(nanoseconds: int) -> str:
    """Return a duration with three significant figures in the unit that suits it."""
    for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if nanoseconds >= size:
            value = nanoseconds / size
            return f"{value:,.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"
    return f"{nanoseconds} ns"
