"""Context from a message: where the result of ``propagate.extract`` goes, and what the facade has in its place."""

from __future__ import annotations

import ast
from typing import NamedTuple

from lint_plugin.codemod.arguments import given_arguments, is_constant
from lint_plugin.codemod.facts import Facts
from lint_plugin.codemod.opentelemetry_api import ATTACH, DETACH, EXTRACT, PARAMETERS, START_AS_CURRENT_SPAN
from lint_plugin.codemod.plan import Plan
from lint_plugin.codemod.scopes import Bind, Variable
from lint_plugin.codemod.usage import Way, use_of

TRUST = "trust_everyone"


class Extracted(NamedTuple):
    """One ``extract(carrier)`` whose result is used in one place only.

    Args:
        call: the call.
        variable: the variable that holds its result; None when it is used on the spot.
    """

    call: ast.Call
    variable: Variable | None

    def code(self, facts: Facts, plan: Plan) -> str:
        """Return what a ``with`` statement enters in its place."""
        return self.variable.name if self.variable is not None else new_extract(facts, self.call, plan)


class Attached(NamedTuple):
    """``token = attach(context)``, ``try: ... finally: detach(token)``.

    Args:
        statement: the assignment.
        block: the ``try`` that follows it.
        extracted: where the context comes from.
        detach: the call in ``finally``.
    """

    statement: ast.Assign
    block: ast.Try
    extracted: Extracted
    detach: ast.Call


def new_extract(facts: Facts, call: ast.Call, plan: Plan) -> str:
    """Return the facade's ``extract`` for one of OpenTelemetry, which trusts everyone."""
    carrier = given_arguments(call, PARAMETERS[EXTRACT])
    assert carrier is not None
    plan.trusts_everyone = True
    return f"{plan.facade_name('extract')}({facts.code(carrier['carrier'].value)}, trust={TRUST})"


def extracted_by(node: ast.expr, facts: Facts) -> Extracted | None:
    """Return the ``extract`` that gives this expression its value, when nothing else uses that."""
    if isinstance(node, ast.Call):
        return Extracted(node, None) if is_plain_extract(node, facts) else None
    variable = facts.scopes.variable_of(node)
    only = None if variable is None else variable.only
    if variable is None or only is None or only.how is not Bind.ASSIGN or not isinstance(only.value, ast.Call):
        return None
    if variable.uses != [node] or variable.scope is not _scope_of_block(facts, node, variable):
        return None
    return Extracted(only.value, variable) if is_plain_extract(only.value, facts) else None


def _scope_of_block(facts: Facts, node: ast.expr, variable: Variable) -> object:
    """Return the variable's scope when it is used in the function that assigns it, not in one inside of that."""
    function = facts.ancestor(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.Module))
    return variable.scope if function is variable.scope.node else None


def is_plain_extract(call: ast.Call, facts: Facts) -> bool:
    """Tell whether a call is ``extract`` with nothing but the carrier."""
    if facts.target(call) != EXTRACT or not facts.is_sealed(EXTRACT):
        return False
    given = given_arguments(call, PARAMETERS[EXTRACT])
    return (
        given is not None and "carrier" in given and "getter" not in given and is_constant(given.get("context"), None)
    )


def start_that_takes(node: ast.expr, facts: Facts) -> ast.Call | None:
    """Return the start of a current span to which an expression is given as ``context=``."""
    use = use_of(facts, node)
    if use.way is not Way.ARGUMENT or not isinstance(use.node, ast.Call):
        return None
    if facts.target(use.node) != START_AS_CURRENT_SPAN:
        return None
    given = given_arguments(use.node, PARAMETERS[START_AS_CURRENT_SPAN])
    context = None if given is None else given.get("context")
    return use.node if context is not None and context.value is node else None


def attached(call: ast.Call, facts: Facts) -> Attached | None:
    """Return the attaching that an ``attach(...)`` is, when it is undone by the ``finally`` that follows."""
    given = given_arguments(call, PARAMETERS[ATTACH])
    statement = facts.parent(call)
    extracted = None if given is None or "context" not in given else extracted_by(given["context"].value, facts)
    if extracted is None or not isinstance(statement, ast.Assign):
        return None
    token = use_of(facts, call).variable
    block = _next_statement(facts, statement)
    if token is None or token.only is None or len(token.uses) != 1 or not isinstance(block, ast.Try):
        return None
    detach = _only_call(block.finalbody)
    if detach is None or facts.target(detach) != DETACH or detach.args != token.uses or detach.keywords:
        return None
    return Attached(statement, block, extracted, detach)


def _next_statement(facts: Facts, statement: ast.stmt) -> ast.stmt | None:
    for name in ("body", "orelse", "finalbody"):
        block = getattr(facts.parent(statement), name, None)
        if isinstance(block, list) and statement in block:
            following = block[block.index(statement) + 1 :]
            return following[0] if following else None
    return None


def _only_call(statements: list[ast.stmt]) -> ast.Call | None:
    if len(statements) != 1 or not isinstance(statements[0], ast.Expr):
        return None
    value = statements[0].value
    return value if isinstance(value, ast.Call) else None
