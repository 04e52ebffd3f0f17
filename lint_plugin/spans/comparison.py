"""Compares two states of the declarations: which promises are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from lint_plugin.spans.changes import Change, Verdict, grouped
from lint_plugin.spans.names import ATTRIBUTES, EVENTS, SPANS, Followed, Kind, follow, name_changes
from lint_plugin.spans.promises import weakened
from tracing_facade.registry import AttributeSpec, SpanSpec
from tracing_facade.registry.checks import REQUIREMENTS, SENSITIVITIES
from tracing_facade.registry.kinds import TYPE_NAMES
from tracing_facade.stability import Release, Stability

_LEVELS = tuple(Stability)


def compare(old: Iterable[SpanSpec], new: Iterable[SpanSpec], release: Release | None = None) -> list[Change]:
    """Return what has changed in the promises, the gravest first.

    Args:
        old: the declarations as they were; what promised nothing counts for nothing.
        new: the declarations as they are, all of them.
        release: the release in which the change will appear; without it no deprecation is known to be over.
    """
    return grouped(_Comparison(release).spans([weakened(spec) for spec in old], [weakened(spec) for spec in new]))


class _Comparison:
    def __init__(self, release: Release | None) -> None:
        self._release = release

    def spans(self, old: list[SpanSpec], new: list[SpanSpec]) -> Iterator[Change]:
        for found in follow(SPANS, old, new):
            yield from self._span(found)

    def _span(self, found: Followed) -> Iterator[Change]:
        if found.old is None:
            yield from _new_promise(SPANS, found.new)
            return
        yield from name_changes(SPANS, found, found.old.stability, self._release)
        if found.new is None:
            return
        told = _told(SPANS, found)
        yield from _level(told, found)
        if found.old.kind is not found.new.kind:
            yield told._replace(
                verdict=Verdict.BREAKING,
                what=f"is {found.new.kind.name} and was {found.old.kind.name}",
                why="the kind decides how traces are drawn and which service a span counts for",
                fix=f"keep kind=SpanKind.{found.old.kind.name}, or declare another span",
            )
        if found.new.stability.is_promise:
            parts = [*self._attributes(found), *self._events(found)]
            yield from (change._replace(spans=(found.new.name,)) for change in parts)

    def _events(self, span: Followed) -> Iterator[Change]:
        for found in follow(EVENTS, span.old.events, span.new.events):
            if found.old is None:
                yield from _new_promise(EVENTS, found.new)
                continue
            yield from name_changes(EVENTS, found, found.old.stability, self._release)
            if found.new is None:
                continue
            yield from _level(_told(EVENTS, found), found)
            if found.new.stability.is_promise:
                for change in self._attributes(found):
                    yield change._replace(subject=f"{change.subject} of event {found.old.name}")

    def _attributes(self, whole: Followed) -> Iterator[Change]:
        for found in follow(ATTRIBUTES, whole.old.attributes, whole.new.attributes):
            if found.old is None:
                yield from _new_attribute(found.new, whole.old.stability)
                continue
            yield from name_changes(ATTRIBUTES, found, found.old.stability, self._release)
            if found.new is not None:
                told = _told(ATTRIBUTES, found)
                yield from _level(told, found)
                for check in (_type, _values, _pattern, _sensitivity, _requirement):
                    yield from check(told, found.old, found.new)


def _told(kind: Kind, found: Followed) -> Change:
    """Return a compatible change to which the rest is added."""
    subject = f"{kind.word} {kind.name(found.old)}"
    return Change(Verdict.COMPATIBLE, subject, found.old.stability.name, "", "", part=kind.name(found.new))


def _new_promise(kind: Kind, spec: Any) -> Iterator[Change]:
    if spec.stability.is_promise:
        subject = f"{kind.word} {kind.name(spec)}"
        why = "a new promise takes nothing away"
        yield Change(Verdict.COMPATIBLE, subject, spec.stability.name, "is new", why, part=kind.name(spec))


def _new_attribute(spec: AttributeSpec, whole: Stability) -> Iterator[Change]:
    for change in _new_promise(ATTRIBUTES, spec):
        if spec.stability is Stability.STABLE and whole is Stability.STABLE:
            # Kubernetes' metric-stability.md: of a stable metric labels are neither removed nor added.
            change = change._replace(
                verdict=Verdict.BREAKING,
                why="the STABLE attributes of a STABLE span are fixed",
                fix=f'declare AttributeSpec("{spec.key}") as BETA; it may become STABLE in a later release',
            )
        yield change


def _level(told: Change, found: Followed) -> Iterator[Change]:
    old, new = found.old.stability, found.new.stability
    if old is new:
        return
    told = told._replace(what=f"is {new.name} and was {old.name}")
    if _LEVELS.index(new) > _LEVELS.index(old):
        yield told._replace(why="more is promised than before")
    else:
        yield told._replace(
            verdict=Verdict.BREAKING,
            why="a promise cannot be taken back",
            fix=f"keep stability=Stability.{old.name}; to end it, deprecate it with deprecated_version",
        )


def _type(told: Change, old: AttributeSpec, new: AttributeSpec) -> Iterator[Change]:
    if old.type != new.type:
        yield told._replace(
            verdict=Verdict.BREAKING,
            what=f"is {TYPE_NAMES[new.type]} and was {TYPE_NAMES[old.type]}",
            why="queries and dashboards compare and add up values of one type",
            fix=f"keep {TYPE_NAMES[old.type]}; give the new values an attribute of their own, and deprecate this one",
        )


def _values(told: Change, old: AttributeSpec, new: AttributeSpec) -> Iterator[Change]:
    if set(old.values) == set(new.values):
        return
    added = [value for value in new.values if value not in old.values]
    gone = [value for value in old.values if value not in new.values]
    if new.values and (gone or not old.values):
        listed = ", ".join(map(repr, gone)) if gone else f"any but {', '.join(map(repr, new.values))}"
        yield told._replace(
            verdict=Verdict.BREAKING,
            what=f"no longer has the values {listed}",
            why="whoever looks for one of them finds nothing any more",
            fix="keep them among its values",
        )
    else:
        what = f"has more values: {', '.join(map(repr, added))}" if new.values else "may have any value"
        yield told._replace(what=what, why="all values that were there still are")


def _pattern(told: Change, old: AttributeSpec, new: AttributeSpec) -> Iterator[Change]:
    if old.pattern == new.pattern:
        return
    if new.pattern:
        yield told._replace(
            verdict=Verdict.BREAKING,
            what=f"must match {new.pattern!r}",
            why="nobody can tell whether all values that were there still do",
            fix=f"keep pattern={old.pattern!r}" if old.pattern else "leave the pattern out",
        )
    else:
        yield told._replace(what="may be any text", why="all values that were there still are")


def _ordered(field: str, order: tuple[str, ...], why: str) -> Callable[[Change, Any, Any], Iterator[Change]]:
    """Return a check of a field that may only become better, ``order`` naming the best one last."""

    def check(told: Change, old: Any, new: Any) -> Iterator[Change]:
        before, after = getattr(old, field), getattr(new, field)
        if before == after:
            return
        told = told._replace(what=f"is {after} and was {before}")
        if order.index(after) > order.index(before):
            yield told._replace(why="readers get no less than before")
        else:
            yield told._replace(verdict=Verdict.BREAKING, why=why, fix=f"keep {field}={before!r}")

    return check


_sensitivity = _ordered(
    "sensitivity",
    SENSITIVITIES[::-1],
    "its values are masked, hashed or dropped now; if they must be, write the golden file anew and tell the readers",
)
_requirement = _ordered("requirement", REQUIREMENTS, "readers count on it to be there")
