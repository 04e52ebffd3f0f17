"""Spans as an outline: one line per span, children indented below their parent."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from tracing_facade._engine.recorded_values import STATUS_ERROR, STATUS_OK
from tracing_facade._engine.span import RecordedSpan
from tracing_facade.registry import SpanKind

Shown = bool | Collection[str]
"""All, none, or those that are named."""

_INDENT = "  "
_STATUSES = {STATUS_OK: " OK", STATUS_ERROR: " ERROR"}


class Outline(str):
    """A text that equals every text with the same lines, however far that is indented as a whole.

    So a literal in a test may be indented like the code around it, and begin and end with empty lines.
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and plain(self) == plain(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(plain(self))


def plain(text: str) -> str:
    """Return a text without common indentation, without trailing spaces, and without empty lines around it."""
    lines = textwrap.dedent(str(text)).splitlines()
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def outline(spans: Sequence[RecordedSpan], attributes: Shown = False, events: Shown = False) -> Outline:
    """Return the outline of spans.

    Args:
        spans: in the order in which they started; those whose parent is not among them begin a line of their own.
        attributes: whether to show attributes, or the keys of those to show.
        events: whether to show events, or the names of those to show.
    """
    below: dict[str, list[RecordedSpan]] = {}
    ids = {span.span_id for span in spans}
    # Work that was recorded afterwards, such as authentication, began earlier than it was started.
    for span in sorted(spans, key=lambda span: span.start_ns):
        below.setdefault(span.parent_span_id if span.parent_span_id in ids else "", []).append(span)
    return Outline("\n".join(_lines(below, "", "", attributes, events)))


def _lines(
    below: Mapping[str, Iterable[RecordedSpan]], parent: str, indent: str, attributes: Shown, events: Shown
) -> Iterator[str]:
    for span in below.get(parent, ()):
        yield f"{indent}{_title(span)}{_pairs(span.attributes, attributes)}"
        for name, _, details in span.events or ():
            if _is_shown(name, events):
                yield f"{indent}{_INDENT}* {name}{_pairs(details, attributes)}"
        yield from _lines(below, span.span_id, indent + _INDENT, attributes, events)


def _title(span: RecordedSpan) -> str:
    kind = "" if span.kind == SpanKind.INTERNAL else f" [{SpanKind(span.kind).name.lower()}]"
    return f"{span.name}{kind}{_STATUSES.get(span.status_code, '')}"


def _pairs(attributes: Mapping[str, Any] | None, shown: Shown) -> str:
    keys = sorted(key for key in attributes or () if _is_shown(key, shown))
    return "".join(f" {key}={(attributes or {})[key]!r}" for key in keys)


def _is_shown(name: str, shown: Shown) -> bool:
    return shown if isinstance(shown, bool) else name in shown
