"""Follows ``match``: every case may be the one, unless constants decide."""

from __future__ import annotations

import ast

from lint_plugin.dataflow.attributes import attribute, element
from lint_plugin.dataflow.branches import GOES_ON, merged
from lint_plugin.dataflow.constants import compared
from lint_plugin.dataflow.narrowing import matched
from lint_plugin.dataflow.run import Run
from lint_plugin.dataflow.values import UNKNOWN, Instance, Items, Value, truth


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
    return None


def _capture(run: Run, pattern: ast.pattern, subject: Value, node: ast.AST) -> None:
    name = getattr(pattern, "name", None) or getattr(pattern, "rest", None)
    if isinstance(name, str):
        run.scope.bind(name, subject if isinstance(pattern, ast.MatchAs) else UNKNOWN)
    parts = _parts(pattern)
    known = subject.items if isinstance(subject, Items) and len(subject.items) == len(parts) else None
    for place, part in enumerate(parts):
        inner = subject if isinstance(pattern, (ast.MatchAs, ast.MatchOr)) else UNKNOWN
        if isinstance(pattern, ast.MatchMapping):
            inner = element(run, subject, run.evaluate(pattern.keys[place]), pattern.keys[place])
        elif isinstance(pattern, ast.MatchClass) and place < len(pattern.patterns):
            # Of the built-in types, the first pattern is for the object itself.
            inner = subject if not isinstance(subject, Instance) else UNKNOWN
        elif isinstance(pattern, ast.MatchClass):
            inner = attribute(run, subject, pattern.kwd_attrs[place - len(pattern.patterns)], node)
        if isinstance(pattern, ast.MatchSequence) and known is not None:
            inner = known[place]
        _capture(run, part, inner, node)


def _parts(pattern: ast.pattern) -> list[ast.pattern]:
    inner = getattr(pattern, "pattern", None)
    parts = [inner] if inner is not None else []
    return [*parts, *getattr(pattern, "patterns", ()), *getattr(pattern, "kwd_patterns", ())]
