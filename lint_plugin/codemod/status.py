"""Reads the status that OpenTelemetry's ``set_status`` is given."""

from __future__ import annotations

import ast
from typing import NamedTuple

from lint_plugin.codemod.arguments import Given, given_arguments, is_constant
from lint_plugin.codemod.facts import Facts
from lint_plugin.codemod.opentelemetry_api import PARAMETERS, SPAN, STATUS, STATUS_CODE
from lint_plugin.codemod.plan import Kept, New

_CODES = {f"{STATUS_CODE}.OK": "True", f"{STATUS_CODE}.ERROR": "False"}


class NewStatus(NamedTuple):
    """The arguments of the facade's ``set_status``.

    Args:
        ok: the code of the first argument.
        arguments: all of them.
        description: the expression that describes what went wrong; None when there is none.
    """

    ok: str
    arguments: tuple[Kept | New, ...]
    description: ast.expr | None


def read_status(facts: Facts, call: ast.Call) -> NewStatus | None:
    """Return what a ``set_status(...)`` of OpenTelemetry is for the facade; None when it is nothing."""
    given = given_arguments(call, PARAMETERS[f"{SPAN}.set_status"])
    if given is None or "status" not in given:
        return None
    code, description = given["status"].value, given.get("description")
    inside = isinstance(code, ast.Call) and facts.origin(code.func) == STATUS
    if isinstance(code, ast.Call) and inside:
        inner = given_arguments(code, PARAMETERS[STATUS])
        # OpenTelemetry ignores a description beside a Status.
        if inner is None or "status_code" not in inner or not is_constant(description, None):
            return None
        code, description = inner["status_code"].value, inner.get("description")
    ok = _ok(facts, code)
    if ok is None:
        return None
    if description is None or is_constant(description, None):
        return NewStatus(ok, (New(ok),), None)
    second = New(facts.code(description.value)) if inside else _kept(description)
    return NewStatus(ok, (New(ok), second), description.value)


def _kept(description: Given) -> Kept:
    return Kept(description.place, keyword="")


def _ok(facts: Facts, code: ast.expr) -> str | None:
    if isinstance(code, ast.IfExp):
        branches = (_ok(facts, code.body), _ok(facts, code.orelse))
        if None in branches:
            return None
        return f"{branches[0]} if {facts.code(code.test)} else {branches[1]}"
    return _CODES.get(facts.origin(code))
