"""Follows statements in order, both branches of what cannot be decided, and short loops round by round."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from lint_plugin.dataflow import system_modules
from lint_plugin.dataflow.annotations import evaluated
from lint_plugin.dataflow.assignments import assign
from lint_plugin.dataflow.beliefs import believe, forget
from lint_plugin.dataflow.branches import BREAKS, CONTINUES, GOES_ON, LEAVES, merged
from lint_plugin.dataflow.constants import binary
from lint_plugin.dataflow.definitions import follow_class, follow_function
from lint_plugin.dataflow.imports import follow_from_import, follow_import
from lint_plugin.dataflow.loops import follow_for, follow_while
from lint_plugin.dataflow.matching import follow_match
from lint_plugin.dataflow.narrowing import asks_for_type, narrow
from lint_plugin.dataflow.protocols import entered
from lint_plugin.dataflow.run import Call, Run
from lint_plugin.dataflow.values import (
    UNKNOWN,
    Constant,
    Instance,
    Items,
    Method,
    Reference,
    Table,
    Value,
    either,
    truth,
)


def follow_body(run: Run, body: Sequence[ast.stmt]) -> int:
    """Follow statements; returns how they end."""
    for place, node in enumerate(body):
        end = run.execute_one(node)
        if end != GOES_ON:
            if not run.sites and place + 1 < len(body) and _is_dead_after(run, node):
                _follow_dead(run, body[place + 1 :])
            return end
    return GOES_ON


def _is_dead_after(run: Run, node: ast.stmt) -> bool:
    # In a loop that is followed round by round, what one round leaves out, because of what is known, others reach.
    return not run.rounds or isinstance(node, (ast.Return, ast.Raise, ast.Break, ast.Continue))


def _follow_dead(run: Run, body: Sequence[ast.stmt]) -> None:
    # What is never reached is reported all the same, as an import statement there is; it changes nothing.
    before = run.scope.names
    run.scope.names = dict(before)
    follow_body(run, body)
    run.scope.names = before


def _expression(run: Run, node: ast.Expr) -> int:
    if not isinstance(node.value, ast.Constant):
        run.evaluate(node.value)
    return GOES_ON


def _assign(run: Run, node: ast.Assign) -> int:
    value = run.evaluate(node.value)
    for target in node.targets:
        assign(run, target, value)
    return GOES_ON


def _augmented(run: Run, node: ast.AugAssign) -> int:
    # The interpreter does not look at the context of a name, so the target can be read as it is.
    old = run.evaluate(node.target)
    new = run.evaluate(node.value)
    if isinstance(old, Items) and old.kind is list and isinstance(new, Items) and isinstance(node.op, ast.Add):
        old.items.extend(new.items[:256])
    else:
        assign(run, node.target, binary(type(node.op), old, new))
    return GOES_ON


def _annotated(run: Run, node: ast.AnnAssign) -> int:
    declared = run.typed(node.annotation)
    evaluated(run, node.annotation)
    if _is_alias(run, node.annotation):
        run.typed(node.value)
    if run.scope.is_class and isinstance(node.target, ast.Name):
        run.scope.names.setdefault("__annotations__", Items([]))
        fields = run.scope.names["__annotations__"]
        if isinstance(fields, Items):
            fields.items.append(Constant(node.target.id))
    if node.value is not None:
        value = run.evaluate(node.value)
        assign(run, node.target, value if declared is UNKNOWN else _declared_or_given(run, declared, value))
    elif declared is not UNKNOWN:
        assign(run, node.target, declared)
    return GOES_ON


def _declared_or_given(run: Run, declared: Value, given: Value) -> Value:
    """Return what is known of a name that is declared and given a value: an empty list says less than its type."""
    if given is UNKNOWN:
        return declared
    if isinstance(declared, Items) and isinstance(given, Items):
        return given if given.items else declared
    if isinstance(declared, Table) and isinstance(given, Table):
        given.default = given.default or declared.default
    if isinstance(declared, Reference) and isinstance(given, Reference):
        says_more = run.world.watches(declared.path) and not run.world.watches(given.path)
        return declared if says_more else given
    if isinstance(declared, Instance) and isinstance(given, Reference):
        return declared if given.path.endswith(f".{declared.cls.name}()") else given
    if isinstance(declared, Instance) and isinstance(given, Instance) and given.cls.name == declared.cls.name:
        # A context variable of spans.
        return declared
    return given


def _is_alias(run: Run, annotation: ast.expr) -> bool:
    if not isinstance(annotation, (ast.Name, ast.Attribute)):
        return False
    value = run.evaluate(annotation)
    return isinstance(value, Reference) and value.path in ("typing.TypeAlias", "typing_extensions.TypeAlias")


def _type_alias(run: Run, node: Any) -> int:
    assign(run, node.name, run.typed(node.value))
    return GOES_ON


def _if(run: Run, node: ast.If) -> int:
    known = truth(run.evaluate(node.test))
    branches = (node.body, node.orelse)
    if known is not None and (run.sites or run.code_site is not None):
        return run.execute(branches[0] if known else branches[1])
    before = run.scope.names
    ends, states = [], []
    tells = asks_for_type(node.test)
    for branch in branches:
        run.scope.names = dict(before)
        if tells:
            narrow(run, node.test, branch is node.body)
        believed = believe(run, node.test) if branch is node.body else []
        ends.append(run.execute(branch))
        forget(believed)
        states.append(run.scope.names)
    if known is not None:
        run.scope.names = states[0] if known else states[1]
        return ends[0] if known else ends[1]
    reached = [state for end, state in zip(ends, states, strict=True) if end == GOES_ON]
    run.scope.names = merged(reached) if reached else states[0]
    return GOES_ON if reached else min(ends)


def _with(run: Run, node: ast.With | ast.AsyncWith) -> int:
    for item in node.items:
        value = run.evaluate(item.context_expr)
        if item.optional_vars is not None:
            assign(run, item.optional_vars, entered(run, value, item.context_expr))
    return run.execute(node.body)


def _try(run: Run, node: Any) -> int:
    before, returned = dict(run.scope.names), len(run.results)
    raised, run.raised = run.raised, []
    end = run.execute(node.body)
    raised, run.raised = run.raised, raised
    after = run.scope.names
    states, ends = [], []
    broken = merged([before, dict(after)])
    for handler in node.handlers:
        run.scope.names = dict(broken)
        if handler.type is not None:
            run.evaluate(handler.type)
        if handler.name is not None:
            run.scope.names[handler.name] = either(raised)
        ends.append(run.execute(handler.body))
        states.append(run.scope.names)
    run.scope.names = after
    ends.append(run.execute(node.orelse) if end == GOES_ON else end)
    states.append(run.scope.names)
    reached = [state for one, state in zip(ends, states, strict=True) if one == GOES_ON]
    run.scope.names = merged(reached[::-1]) if reached else merged(states)
    leaving = len(run.results)
    final = run.execute(node.finalbody)
    if final == LEAVES and len(run.results) > leaving:
        # What is returned at last is all that is returned.
        del run.results[returned:leaving]
    return final if final != GOES_ON else GOES_ON if reached else min(ends)


def _return(run: Run, node: ast.Return) -> int:
    run.results.append(run.evaluate(node.value) if node.value is not None else Constant(None))
    return LEAVES


def _raise(run: Run, node: ast.Raise) -> int:
    run.raised.append(run.evaluate(node.exc))
    run.evaluate(node.cause)
    return LEAVES


def _assert(run: Run, node: ast.Assert) -> int:
    run.evaluate(node.test)
    run.evaluate(node.msg)
    narrow(run, node.test)
    return GOES_ON


def _delete(run: Run, node: ast.Delete) -> int:
    for target in node.targets:
        if isinstance(target, ast.Name):
            run.scope.names.pop(target.id, None)
        elif isinstance(target, ast.Attribute):
            # The interpreter does not look at the context of a name.
            run.evaluate(target)
        elif isinstance(target, ast.Subscript):
            container, key = run.evaluate(target.value), run.evaluate(target.slice)
            if isinstance(container, Reference) and container.path == "sys.modules":
                system_modules.replaced(run, key, None, target, "del sys.modules[...]")
            elif isinstance(container, (Items, Table)):
                run.call(Method(container, "pop"), Call(target, [key], {}))
    return GOES_ON


def _global(run: Run, node: ast.Global) -> int:
    run.scope.outside.update(dict.fromkeys(node.names, run.module))
    return GOES_ON


def _nonlocal(run: Run, node: ast.Nonlocal) -> int:
    for name in node.names:
        scope = run.scope.parent
        while scope is not None and (scope.is_class or name not in scope.names):
            scope = scope.parent
        if scope is not None:
            run.scope.outside[name] = scope
    return GOES_ON


def _leaves_round(end: int) -> Callable[[Run, ast.stmt], int]:
    def follow(run: Run, node: ast.stmt) -> int:
        if run.rounds:
            run.rounds[-1].append((end, dict(run.scope.names)))
        return end

    return follow


def _pass(run: Run, node: ast.Pass) -> int:
    return GOES_ON


STATEMENTS: dict[type, Callable[[Run, Any], int]] = {
    ast.Expr: _expression,
    ast.Assign: _assign,
    ast.AugAssign: _augmented,
    ast.AnnAssign: _annotated,
    ast.If: _if,
    ast.For: follow_for,
    ast.AsyncFor: follow_for,
    ast.While: follow_while,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: _try,
    ast.Match: follow_match,
    ast.FunctionDef: follow_function,
    ast.AsyncFunctionDef: follow_function,
    ast.ClassDef: follow_class,
    ast.Return: _return,
    ast.Raise: _raise,
    ast.Assert: _assert,
    ast.Delete: _delete,
    ast.Global: _global,
    ast.Nonlocal: _nonlocal,
    ast.Import: follow_import,
    ast.ImportFrom: follow_from_import,
    ast.Break: _leaves_round(BREAKS),
    ast.Continue: _leaves_round(CONTINUES),
    ast.Pass: _pass,
}
for _name, _handler in (("TryStar", _try), ("TypeAlias", _type_alias)):
    if hasattr(ast, _name):
        STATEMENTS[getattr(ast, _name)] = _handler
