"""The parameters of functions: which there are, their default values, and what a call binds them to."""

from __future__ import annotations

import ast

from lint_plugin.dataflow.layout import all_parameters
from lint_plugin.dataflow.run import Call, Run
from lint_plugin.dataflow.values import UNKNOWN, Function, Items, Scope, Table, Value, either


def defaults(run: Run, arguments: ast.arguments) -> tuple[list[Value], dict[str, Value]]:
    """Return the default values of parameters: the positional ones from the right, and the others by name."""
    positional = [run.evaluate(default) for default in arguments.defaults]
    named = {
        parameter.arg: run.evaluate(default)
        for parameter, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if default is not None
    }
    return positional, named


def add_defaults(function: Function, scope: Scope) -> None:
    """Let parameters have their defaults, besides whatever else they may be given."""
    arguments = function.node.args
    positional = (*arguments.posonlyargs, *arguments.args)
    defaults = dict(zip((one.arg for one in positional[::-1]), function.defaults[::-1], strict=False))
    for name, value in {**defaults, **function.keyword_defaults}.items():
        scope.names[name] = either([value, scope.names.get(name, UNKNOWN)])


def bind_parameters(function: Function, scope: Scope, given: Call) -> None:
    """Bind the parameters of a function to the arguments of a call."""
    arguments = function.node.args
    positional = [one.arg for one in (*arguments.posonlyargs, *arguments.args)]
    names = scope.names
    for parameter in all_parameters(arguments):
        names[parameter.arg] = UNKNOWN
    if given.complete:
        defaults = zip(positional[::-1], function.defaults[::-1], strict=False)
        names.update(defaults)
        names.update(function.keyword_defaults)
    names.update(zip(positional, given.arguments, strict=False))
    known = {*positional, *(one.arg for one in arguments.kwonlyargs)}
    names.update({name: value for name, value in given.keywords.items() if name in known})
    if arguments.vararg is not None and given.complete:
        names[arguments.vararg.arg] = Items(list(given.arguments[len(positional) :]), tuple)
    if arguments.kwarg is not None and given.complete:
        names[arguments.kwarg.arg] = Table({name: v for name, v in given.keywords.items() if name not in known})
