"""The tracer: the facade needs none, so its variable goes when all that used it has been migrated.

Before:
    tracer = trace.get_tracer(__name__)

After:
    (nothing)
"""

from __future__ import annotations

import ast

from lint_plugin.codemod.facts import Facts
from lint_plugin.codemod.idiom import Idiom
from lint_plugin.codemod.opentelemetry_api import GET_TRACER, TRACE, TRACER, reason_for
from lint_plugin.codemod.plan import Plan
from lint_plugin.codemod.scopes import Bind, Variable
from lint_plugin.codemod.spans import Spans
from lint_plugin.codemod.usage import Way, described, use_of

NAME = "get_tracer"
_CALLS = (GET_TRACER, f"{TRACE}.TracerProvider.get_tracer")


def _finish(spans: Spans, plan: Plan) -> None:
    facts = spans.facts
    for call in facts.all_of(ast.Call):
        target = facts.target(call)
        if target not in _CALLS or not facts.is_sealed(target) or call in plan.gone or call in plan.covered:
            continue
        reason = _reason_to_stay(call, facts, plan)
        if reason:
            plan.leave(call, NAME, reason)
            _list_uses(use_of(facts, call).variable, facts, plan)
        else:
            _remove(call, facts, plan)


def _reason_to_stay(call: ast.Call, facts: Facts, plan: Plan) -> str:
    if facts.type_of(call) != TRACER:
        return "it asks a provider of its own for the tracer"
    use = use_of(facts, call)
    if use.way is not Way.BOUND or use.variable is None:
        return f"the tracer {described(facts, use)}"
    if any(isinstance(found, (ast.Call, ast.Await, ast.NamedExpr)) for found in _inside(call)):
        return "its arguments are computed by calls, which the codemod does not drop"
    if not isinstance(facts.parent(call), (ast.Assign, ast.AnnAssign)):
        return "its variable is assigned inside of an expression"
    return _reason_to_keep(use.variable, facts, plan)


def _list_uses(variable: Variable | None, facts: Facts, plan: Plan) -> None:
    for use in () if variable is None else variable.uses:
        if use in plan.gone or use in plan.covered or use in facts.scopes.quoted:
            continue
        found = use_of(facts, use)
        if found.way is Way.METHOD and isinstance(found.node, ast.Call):
            target = facts.target(found.node)
            doubt = f"{variable.name if variable else ''} may be something else than a tracer of get_tracer"
            plan.leave(found.node.func, NAME, reason_for(target) if target else doubt)
        else:
            plan.leave(use, NAME, f"the tracer {described(facts, found)}")


def _inside(call: ast.Call) -> list[ast.AST]:
    return [found for argument in [*call.args, *call.keywords] for found in ast.walk(argument)]


def _reason_to_keep(variable: Variable, facts: Facts, plan: Plan) -> str:
    name = variable.name
    if facts.type_of_variable(variable) != TRACER:
        return f"{name} is also something else"
    if not variable.uses:
        return f"nothing in this file uses {name}; perhaps another one does"
    left = [use for use in variable.uses if use not in plan.gone]
    if left:
        return f"{name} is still used, first in line {facts.line(left[0])}"
    place = facts.wanted_by(variable)
    if place:
        return f"{name} is used in {place}"
    if isinstance(variable.scope.node, ast.ClassDef):
        return _reason_to_keep_attribute(variable, variable.scope.node, facts)
    return ""


def _reason_to_keep_attribute(variable: Variable, owner: ast.ClassDef, facts: Facts) -> str:
    known = {*variable.uses, *(binding.node for binding in variable.bindings)}
    strangers = [found for found in facts.all_of(ast.Attribute) if found.attr == variable.name and found not in known]
    if strangers:
        return f"not every use of {variable.name} can be seen, for example that in line {facts.line(strangers[0])}"
    in_class = any(facts.parent(facts.parent(binding.node) or owner) is owner for binding in variable.bindings)
    return f"{variable.name} is a field of a decorated class" if in_class and owner.decorator_list else ""


def _remove(call: ast.Call, facts: Facts, plan: Plan) -> None:
    plan.fix(call, NAME)
    variable = use_of(facts, call).variable
    assert variable is not None
    statement = facts.parent(call)
    assert isinstance(statement, ast.stmt)
    plan.remove(statement)
    for binding in variable.bindings:
        declaration = facts.parent(binding.node)
        if binding.how is Bind.DECLARE and isinstance(declaration, ast.AnnAssign) and declaration not in plan.gone:
            plan.remove(declaration)


IDIOM = Idiom(name=NAME, finish=_finish)
