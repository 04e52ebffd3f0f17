"""Finds ``record_exception`` and an error status side by side: together they are the facade's ``record_error``."""

from __future__ import annotations

import ast
from typing import NamedTuple

from lint_plugin.codemod.arguments import given_arguments, is_constant
from lint_plugin.codemod.facts import Facts
from lint_plugin.codemod.opentelemetry_api import PARAMETERS, SPAN
from lint_plugin.codemod.scopes import Variable
from lint_plugin.codemod.spans import Spans
from lint_plugin.codemod.status import read_status

RECORD = f"{SPAN}.record_exception"
STATUS = f"{SPAN}.set_status"


class Pair(NamedTuple):
    """The two calls.

    Args:
        record: ``record_exception(...)``.
        status: ``set_status(...)`` in the statement before or after it.
        says_more: whether the description of the status is another text than that of the exception.
    """

    record: ast.Call
    status: ast.Call
    says_more: bool


def pair_of_record(call: ast.Call, spans: Spans) -> Pair | None:
    """Return the pair of a ``record_exception(...)``."""
    before, after = _neighbours(spans.facts, call)
    for status in (after, before):
        if status is not None and _record_for(status, spans) is call:
            return _pair(call, status, spans)
    return None


def pair_of_status(call: ast.Call, spans: Spans) -> Pair | None:
    """Return the pair of a ``set_status(...)``."""
    record = _record_for(call, spans)
    pair = None if record is None else pair_of_record(record, spans)
    return pair if pair is not None and pair.status is call else None


def _record_for(status: ast.Call, spans: Spans) -> ast.Call | None:
    for record in _neighbours(spans.facts, status):
        if record is not None and _pair(record, status, spans) is not None:
            return record
    return None


def _pair(record: ast.Call, status: ast.Call, spans: Spans) -> Pair | None:
    facts = spans.facts
    if facts.target(record) != RECORD or facts.target(status) != STATUS:
        return None
    variable = _receiver(facts, record)
    if variable is None or variable is not _receiver(facts, status):
        return None
    given = given_arguments(record, PARAMETERS[RECORD])
    if given is None or "exception" not in given or given.keys() - {"exception", "escaped"}:
        return None
    new = read_status(facts, status)
    if new is None or new.ok != "False" or not is_constant(given.get("escaped"), False):
        return None
    return Pair(record, status, not _says_the_same(new.description, given["exception"].value))


def _receiver(facts: Facts, call: ast.Call) -> Variable | None:
    return facts.variable(call.func.value) if isinstance(call.func, ast.Attribute) else None


def _says_the_same(description: ast.expr | None, exception: ast.expr) -> bool:
    """Tell whether a description holds nothing but the exception's text."""
    if description is None:
        return True
    if not isinstance(exception, ast.Name):
        return False
    name = exception.id
    forms = (
        f"str({name})", f"repr({name})", f"f'{{{name}}}'", f"f'{{{name}!s}}'", f"f'{{{name}!r}}'",
        f"f'{{type({name}).__name__}}: {{{name}}}'", f"f'{{{name}.__class__.__name__}}: {{{name}}}'",
    )  # fmt: skip
    return ast.unparse(description) in {ast.unparse(ast.parse(form, mode="eval")) for form in forms}


def _neighbours(facts: Facts, call: ast.Call) -> tuple[ast.Call | None, ast.Call | None]:
    """Return the calls that are the statements before and after this one."""
    statement = facts.parent(call)
    block = _block_of(facts, statement)
    if statement is None or statement not in block:
        return None, None
    index = block.index(statement)
    return _call_in(block[index - 1 : index] if index else []), _call_in(block[index + 1 : index + 2])


def _block_of(facts: Facts, statement: ast.AST | None) -> list[ast.AST]:
    parent = None if statement is None else facts.parent(statement)
    blocks = [getattr(parent, name, ()) for name in ("body", "orelse", "finalbody")]
    return next((list(block) for block in blocks if isinstance(block, list) and statement in block), [])


def _call_in(statements: list[ast.AST]) -> ast.Call | None:
    for statement in statements:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            return statement.value
    return None
