"""Spans drawn as an indented tree, so that a test can state parents, kinds, statuses and counts in one text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

_KINDS = {1: "", 2: " [server]", 3: " [client]", 4: " [producer]", 5: " [consumer]"}
_CLIENT = 3
_STATUSES = {0: "", 1: " OK", 2: " ERROR"}


class DrawnSpan(Protocol):
    """What is needed of a span, captured in this process or received by a collector."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def kind(self) -> int:
        """OTLP's number of the kind."""

    @property
    def span_id(self) -> str:
        """Its own id."""

    @property
    def parent_span_id(self) -> str:
        """The id of its parent; empty for a root."""

    @property
    def start_ns(self) -> int:
        """When it started."""

    @property
    def end_ns(self) -> int:
        """When it ended."""

    @property
    def status_code(self) -> int:
        """OTLP's number of the status."""


def draw_tree(spans: Sequence[DrawnSpan], remote_parent: str = "") -> str:
    """Return one line per span, children below their parent in the order in which they started.

    Args:
        spans: those of one trace; ids must differ, every parent must be among them, and children must lie within it.
            What is below a client span is another server, which may still be busy when the client has its answer.
        remote_parent: the id of the caller's span, which is not among them.
    """
    by_id = {span.span_id: span for span in spans}
    assert len(by_id) == len(spans), "a span id occurs twice"
    for span in spans:
        parent = by_id.get(span.parent_span_id)
        if parent is None:
            assert span.parent_span_id == remote_parent, f"the parent {span.parent_span_id!r} of {span.name} is missing"
        else:
            end = max(parent.end_ns, span.end_ns) if parent.kind == _CLIENT else parent.end_ns
            assert parent.start_ns <= span.start_ns <= span.end_ns <= end, f"{span.name} leaves {parent.name}"
    return "\n".join(_lines(spans, remote_parent, ""))


def _lines(spans: Sequence[DrawnSpan], parent: str, indent: str) -> list[str]:
    children = sorted((span for span in spans if span.parent_span_id == parent), key=lambda span: span.start_ns)
    return [
        line
        for span in children
        for line in (
            f"{indent}{span.name}{_KINDS[span.kind]}{_STATUSES[span.status_code]}",
            *_lines(spans, span.span_id, f"{indent}  "),
        )
    ]
