"""Puts the interpreter together and runs it over one file: first the module, then every function by itself."""

from __future__ import annotations

import ast
from collections.abc import Callable

from lint_plugin.dataflow import names
from lint_plugin.dataflow.annotations import typed
from lint_plugin.dataflow.concrete import lifted
from lint_plugin.dataflow.docstrings import docstring
from lint_plugin.dataflow.expressions import EXPRESSIONS
from lint_plugin.dataflow.functions import call, follow_alone, follow_proxy
from lint_plugin.dataflow.relevance import Relevance
from lint_plugin.dataflow.run import Handlers, Run, World
from lint_plugin.dataflow.statements import STATEMENTS, follow_body
from lint_plugin.dataflow.values import Constant, Namespace, Reference, Value

_HANDLERS = Handlers(EXPRESSIONS, STATEMENTS, follow_body, call, typed)


def interpret(tree: ast.Module, world: World, relevance: Relevance | None = None) -> Run:
    """Follow a file and return what was found out.

    Nothing of the file is run or imported. The time is bounded by its length and by fixed limits.

    Args:
        tree: the file.
        world: what is known of everything else.
        relevance: which part of the file matters; by default all of it.
    """
    run = interpret_module(tree, world, relevance)
    while run.waiting:
        function, run.code_site = run.waiting.pop(0)
        _part(run, follow_alone, run, function)
        run.code_site = None
    for instance, node in run.proxies:
        _part(run, follow_proxy, run, instance, node)
    return run


def interpret_module(tree: ast.Module, world: World, relevance: Relevance | None = None) -> Run:
    """Follow the statements of the module only: what its names stand for, not what its functions do."""
    run = Run(world, _HANDLERS, relevance)
    run.scope.names.update(_given_names())
    run.scope.names["__doc__"] = lifted(docstring(tree))
    run.patched[names.OWN_MODULE] = Namespace(run.scope)
    for node in tree.body:
        _part(run, run.execute_one, node)
    return run


def _part(run: Run, follow: Callable[..., object], *arguments: object) -> None:
    run.refuel()
    try:
        follow(*arguments)
    except RecursionError:
        # Nested deeper than this interpreter can follow: the other parts are not affected.
        run.unwind()
    finally:
        run.rest()


def _given_names() -> dict[str, Value]:
    own = Constant(names.OWN_MODULE)
    return {
        "__name__": own,
        "__package__": own,
        "__builtins__": Reference("builtins"),
        "__loader__": Reference("importlib.machinery.SourceFileLoader()"),
        "__spec__": Reference("importlib.machinery.ModuleSpec()"),
    }
