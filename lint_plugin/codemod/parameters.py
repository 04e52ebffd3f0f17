"""Follows a value into the functions of the same file that it is handed to, and back to all who hand one in."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lint_plugin.codemod.facts import Facts
from lint_plugin.codemod.scopes import Bind, Variable
from lint_plugin.codemod.usage import Function


def parameter_for(facts: Facts, call: ast.Call, value: ast.expr) -> Variable | None:
    """Return the parameter of a function of this file for which an argument is; None when that cannot be proven."""
    function = _called(facts, call)
    if function is None:
        return None
    for parameter, given in _bound(facts, call, function):
        if given is value:
            return facts.scopes.variable_of(parameter)
    return None


def handed_in(facts: Facts, parameter: Variable) -> list[ast.expr] | None:
    """Return every argument that is ever given for a parameter; None when not all callers can be seen."""
    function = parameter.scope.node
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)) or not _is_private(facts, function):
        return None
    variable = facts.scopes.variable_of(function)
    if variable is None or variable.only is None or facts.wanted_by(variable) or function.decorator_list:
        return None
    calls = _calls_of(facts, function)
    if any(call is None or has_stars(call) for call in calls):
        return None
    return handed_in_here(facts, parameter)


def handed_in_here(facts: Facts, parameter: Variable) -> list[ast.expr]:
    """Return the arguments that calls in this file surely give for a parameter."""
    function, node = parameter.scope.node, parameter.bindings[0].node
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return []
    calls = [call for call in _calls_of(facts, function) if call is not None]
    return [value for call in calls for found, value in _bound(facts, call, function) if found is node]


def _calls_of(facts: Facts, function: Function) -> list[ast.Call | None]:
    """Return the calls of a function; None for each use of it that may be something else."""
    variable = facts.scopes.variable_of(function)
    uses: list[ast.expr] = [] if variable is None else variable.uses
    if isinstance(facts.parent(function), ast.ClassDef):
        uses = [found for found in facts.all_of(ast.Attribute) if found.attr == function.name]
    calls = [(use, facts.parent(use)) for use in uses]
    return [
        call if isinstance(call, ast.Call) and call.func is use and _is_of(facts, use, function) else None
        for use, call in calls
    ]


def _is_of(facts: Facts, use: ast.expr, function: Function) -> bool:
    variable = facts.variable(use)
    return variable is not None and variable.only is not None and variable.only.node is function


def has_stars(call: ast.Call) -> bool:
    """Tell whether a call unpacks arguments."""
    return any(isinstance(found, ast.Starred) for found in call.args) or any(
        keyword.arg is None for keyword in call.keywords
    )


def _is_private(facts: Facts, function: Function) -> bool:
    hidden = isinstance(facts.parent(function), (ast.FunctionDef, ast.AsyncFunctionDef))
    return hidden or (function.name.startswith("_") and not function.name.endswith("__"))


def _called(facts: Facts, call: ast.Call) -> Function | None:
    """Return the function of this file that a call surely calls."""
    variable = facts.variable(call.func)
    only = None if variable is None else variable.only
    if variable is None or only is None or only.how is not Bind.FUNCTION:
        return None
    function = only.node
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)) or function.decorator_list:
        return None
    if facts.key(variable) in facts.others.replaced:
        return None
    # A method that is not private may be overridden in another file.
    overridable = isinstance(call.func, ast.Attribute) and not _is_private(facts, function)
    return None if overridable else function


def _bound(facts: Facts, call: ast.Call, function: Function) -> Iterator[tuple[ast.arg, ast.expr]]:
    positional = [*function.args.posonlyargs, *function.args.args]
    if isinstance(call.func, ast.Attribute):
        positional = positional[1:]
    for parameter, value in zip(positional, call.args, strict=False):
        if isinstance(value, ast.Starred):
            break
        yield parameter, value
    named = {parameter.arg: parameter for parameter in [*positional, *function.args.kwonlyargs]}
    for keyword in call.keywords:
        if keyword.arg in named:
            yield named[keyword.arg], keyword.value
