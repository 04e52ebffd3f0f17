"""Believes what a program tests about the type of something of which nothing else is known."""

from __future__ import annotations

import ast

from lint_plugin.dataflow.assignments import assign
from lint_plugin.dataflow.run import Run
from lint_plugin.dataflow.values import UNKNOWN, Value, either


def asks_for_type(test: ast.expr) -> bool:
    """Tell whether a condition has ``isinstance`` in it, so that it may say something."""
    kind = type(test)
    if kind is ast.Call:
        return getattr(test.func, "id", "") == "isinstance"  # type: ignore[attr-defined]  # it is a call
    if kind is ast.UnaryOp:
        return asks_for_type(test.operand)  # type: ignore[attr-defined]  # it is one
    return kind is ast.BoolOp and any(map(asks_for_type, test.values))  # type: ignore[attr-defined]  # it is one


def narrow(run: Run, test: ast.expr, holds: bool = True) -> None:
    """Believe ``isinstance(name, Type)`` where a condition holds, and ``not isinstance(name, Type)`` where it does not.

    Args:
        run: the interpretation.
        test: the condition.
        holds: whether it is true here.
    """
    while isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        test, holds = test.operand, not holds
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And if holds else ast.Or):
        for part in test.values:
            narrow(run, part, holds)
    elif holds and isinstance(test, ast.Call) and getattr(test.func, "id", "") == "isinstance" and len(test.args) == 2:
        _believe(run, test.args[0], test.args[1])


def _believe(run: Run, target: ast.expr, declared: ast.expr) -> None:
    if isinstance(target, ast.NamedExpr):
        target = target.target
    if isinstance(target, (ast.Name, ast.Attribute)) and run.evaluate(target) is UNKNOWN:
        types = declared.elts if isinstance(declared, ast.Tuple) else [declared]
        known = [value for value in map(run.typed, types) if value is not UNKNOWN]
        if known:
            assign(run, target, either(known))


def matched(run: Run, pattern: ast.pattern, subject: Value) -> Value:
    """Return what is known of a subject that fits a pattern: ``case Tracer():`` says what it is."""
    if subject is not UNKNOWN:
        return subject
    if isinstance(pattern, ast.MatchClass):
        return run.typed(pattern.cls)
    if isinstance(pattern, ast.MatchAs) and pattern.pattern is not None:
        return matched(run, pattern.pattern, subject)
    if isinstance(pattern, ast.MatchOr):
        return either([matched(run, one, subject) for one in pattern.patterns])
    return subject
