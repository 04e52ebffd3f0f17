"""Follows ``match``: every case may be the one, unless constants decide."""

from __future__ import annotations

import ast

from lint_plugin.dataflow.attributes import attribute, fields_of
from lint_plugin.dataflow.branches import GOES_ON, merged
from lint_plugin.dataflow.concrete import concrete_text
from lint_plugin.dataflow.constants import compared
from lint_plugin.dataflow.elements import element
from lint_plugin.dataflow.narrowing import matched
from lint_plugin.dataflow.run import Run
from lint_plugin.dataflow.values import UNKNOWN, Constant, Instance, Items, Text, Value, truth


def follow_match(run: Run, node: ast.Match) -> int:
    """Follow ``match``."""
    subject = run.evaluate(node.subject)
    before = run.scope.names
    states, ends = [], []
    exhausted = False
    for case in node.cases:
        fits = True if exhausted else _fits(run, case, subject)
        run.scope.names = dict(before)
        known = matched(run, case.pattern, subject)
        if known is not subject and isinstance(node.subject, ast.Name):
            run.scope.bind(node.subject.id, known)
        _capture(run, case.pattern, known, node)
        run.evaluate(case.guard)
        end = run.execute(case.body)
        if fits is not False and not exhausted:
            states.append(run.scope.names)
            ends.append(end)
        exhausted = exhausted or fits is True
    if not exhausted:
        states.append(before)
        ends.append(GOES_ON)
    reached = [state for end, state in zip(ends, states, strict=True) if end == GOES_ON]
    run.scope.names = merged(reached or states)
    return GOES_ON if reached else min(ends)


def _fits(run: Run, case: ast.match_case, subject: Value) -> bool | None:
    if case.guard is not None:
        return None
    return _pattern_fits(run, case.pattern, subject)


def _pattern_fits(run: Run, pattern: ast.pattern, subject: Value) -> bool | None:
    if isinstance(pattern, ast.MatchValue):
        return truth(compared(ast.Eq, subject, run.evaluate(pattern.value)))
    if isinstance(pattern, ast.MatchAs):
        return True if pattern.pattern is None else _pattern_fits(run, pattern.pattern, subject)
    if isinstance(pattern, ast.MatchOr):
        found = [_pattern_fits(run, one, subject) for one in pattern.patterns]
        return True if True in found else None if None in found else False
    return _sequence_fits(run, pattern.patterns, subject) if isinstance(pattern, ast.MatchSequence) else None


def _sequence_fits(run: Run, patterns: list[ast.pattern], subject: Value) -> bool | None:
    if isinstance(subject, (Constant, Text)):
        # A text is no sequence here.
        return False
    pieces = _pieces(patterns, subject)
    if pieces is None:
        known = isinstance(subject, Items) and UNKNOWN not in subject.items
        return False if known else None
    found = [
        True if isinstance(part, ast.MatchStar) else _pattern_fits(run, part, piece)
        for part, piece in zip(patterns, pieces, strict=True)
    ]
    return False if False in found else None if None in found else True


def _pieces(patterns: list[ast.pattern], subject: Value) -> list[Value] | None:
    """Return what each pattern of a sequence stands for, or ``None`` when there are more or fewer elements."""
    if not isinstance(subject, Items):
        return None
    items = subject.items
    starred = next((place for place, part in enumerate(patterns) if isinstance(part, ast.MatchStar)), None)
    if starred is None:
        return list(items) if len(items) == len(patterns) else None
    after = len(patterns) - starred - 1
    if len(items) < starred + after:
        return None
    end = len(items) - after
    return [*items[:starred], Items(items[starred:end]), *items[end:]]


def _capture(run: Run, pattern: ast.pattern, subject: Value, node: ast.AST) -> None:
    name = getattr(pattern, "name", None) or getattr(pattern, "rest", None)
    if isinstance(name, str):
        run.scope.bind(name, subject if isinstance(pattern, (ast.MatchAs, ast.MatchStar)) else UNKNOWN)
    parts = _parts(pattern)
    known = _pieces(parts, subject) if isinstance(pattern, ast.MatchSequence) else None
    for place, part in enumerate(parts):
        inner = subject if isinstance(pattern, (ast.MatchAs, ast.MatchOr)) else UNKNOWN
        if isinstance(pattern, ast.MatchMapping):
            inner = element(run, subject, run.evaluate(pattern.keys[place]), pattern.keys[place])
        elif isinstance(pattern, ast.MatchClass) and place < len(pattern.patterns):
            inner = _by_place(run, subject, place, node)
        elif isinstance(pattern, ast.MatchClass):
            inner = attribute(run, subject, pattern.kwd_attrs[place - len(pattern.patterns)], node)
        if known is not None:
            inner = known[place]
        _capture(run, part, inner, node)


def _by_place(run: Run, subject: Value, place: int, node: ast.AST) -> Value:
    if not isinstance(subject, Instance):
        # Of the built-in types, the first pattern is for the object itself.
        return subject
    named = subject.cls.attributes.get("__match_args__")
    fields = fields_of(subject.cls) if named is None else [concrete_text(item) for item in getattr(named, "items", ())]
    name = fields[place] if place < len(fields) else None
    return attribute(run, subject, name, node) if name is not None else UNKNOWN


def _parts(pattern: ast.pattern) -> list[ast.pattern]:
    inner = getattr(pattern, "pattern", None)
    parts = [inner] if inner is not None else []
    return [*parts, *getattr(pattern, "patterns", ()), *getattr(pattern, "kwd_patterns", ())]
