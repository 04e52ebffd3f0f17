"""A change of a promise, and the verdict about it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from lint_plugin.declarations import DeclaredSpan, Place


class Verdict(Enum):
    """What a change means for those who read traces, mildest first."""

    COMPATIBLE = "compatible"
    """Everything that was promised is still there."""
    NEEDS_ALIAS = "needs alias"
    """Something has got another name, and nobody who knows the old one would find it."""
    BREAKING = "breaking"
    """Something that was promised is gone, or means something else."""


class Change(NamedTuple):
    """One change of a promise.

    Args:
        verdict: what it means.
        subject: what has changed, such as ``attribute order.total``.
        level: what was promised about it; of a new promise, what is.
        what: what has happened to it.
        why: why that matters, or why it does not.
        fix: what to do; empty when nothing has to be done.
        spans: the spans in which it has changed, by their present names.
        part: the present name of what has changed.
    """

    verdict: Verdict
    subject: str
    level: str
    what: str
    why: str
    fix: str = ""
    spans: tuple[str, ...] = ()
    part: str = ""


def grouped(changes: Iterable[Change]) -> list[Change]:
    """Return the changes with each that several spans share told once, the gravest first."""
    found: dict[Change, list[str]] = {}
    for change in changes:
        found.setdefault(change._replace(spans=()), []).extend(change.spans)
    order = list(Verdict)[::-1]
    merged = [change._replace(spans=tuple(dict.fromkeys(spans))) for change, spans in found.items()]
    return sorted(merged, key=lambda change: order.index(change.verdict))


def worst(changes: Iterable[Change]) -> Verdict:
    """Return the gravest verdict."""
    order = list(Verdict)
    return max((change.verdict for change in changes), key=order.index, default=Verdict.COMPATIBLE)


def place_of(change: Change, declared: Iterable[DeclaredSpan]) -> Place | None:
    """Return where a change was made; None when what has changed is no longer there."""
    spans = {span.spec.name: span for span in declared}
    for name in change.spans:
        if name in spans:
            return spans[name].parts.get(change.part, spans[name].place)
    return spans[change.part].place if change.part in spans else None
