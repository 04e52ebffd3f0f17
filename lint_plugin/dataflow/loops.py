"""Follows loops: round by round when what they go over is known and short, else one round that may happen."""

from __future__ import annotations

import ast

from lint_plugin.dataflow.assignments import assign
from lint_plugin.dataflow.branches import CONTINUES, GOES_ON, Names, alike_states, merged
from lint_plugin.dataflow.comprehensions import MOST_ROUNDS, elements
from lint_plugin.dataflow.run import Run
from lint_plugin.dataflow.values import Items, truth


def follow_for(run: Run, node: ast.For | ast.AsyncFor) -> int:
    """Follow ``for``."""
    iterated = elements(run, run.evaluate(node.iter), node.iter)
    left: list[Names] = [] if iterated.known else [dict(run.scope.names)]
    end = GOES_ON
    for number, item in enumerate(iterated.items):
        if number and run.fuel <= 0:
            break
        assign(run, node.target, item)
        end = _round(run, node.body, left)
        if end != GOES_ON:
            break
    if not iterated.items:
        _look_at(run, node.body)
    return _ended(run, node.orelse, left, end)


def _look_at(run: Run, body: list[ast.stmt]) -> None:
    # There is nothing to go over as far as we can see; what the loop would do is still looked at.
    names = run.scope.names
    run.scope.names = dict(names)
    _round(run, body, [])
    run.scope.names = names


def follow_while(run: Run, node: ast.While) -> int:
    """Follow ``while``."""
    left: list[Names] = []
    end = GOES_ON
    for number in range(MOST_ROUNDS):
        known = truth(run.evaluate(node.test))
        if known is False:
            if not number:
                _look_at(run, node.body)
            break
        before, size = dict(run.scope.names), _size(run.scope.names)
        if known is None or run.fuel <= 0:
            left.append(before)
        end = _round(run, node.body, left)
        if end != GOES_ON or known is None or run.fuel <= 0 or _is_settled(run, before, size):
            break
    return _ended(run, node.orelse, left, end)


def _is_settled(run: Run, before: Names, size: int) -> bool:
    """Tell whether a round has changed nothing; what it was given is still the same list when it has become shorter."""
    return alike_states(before, run.scope.names) and size == _size(run.scope.names)


def _size(names: Names) -> int:
    return sum(len(value.items) for value in names.values() if isinstance(value, Items))


def _round(run: Run, body: list[ast.stmt], left: list[Names]) -> int:
    """Follow one round; returns how it ends. States at ``break`` go to ``left``."""
    run.rounds.append([])
    end = run.execute(body)
    states = [run.scope.names] if end == GOES_ON else []
    for how, names in run.rounds.pop():
        (states if how == CONTINUES else left).append(names)
    if states:
        run.scope.names = merged(states)
    return GOES_ON if states else end


def _ended(run: Run, orelse: list[ast.stmt], left: list[Names], end: int) -> int:
    if end == GOES_ON:
        end = run.execute(orelse)
    states = [*left, run.scope.names] if end == GOES_ON else left
    if states:
        run.scope.names = merged(states)
    return GOES_ON if states else end
