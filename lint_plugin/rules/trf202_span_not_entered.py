"""A span is started, but never entered.

Why:
    A span lasts as long as its `with` block: without one it is never current, never ends and is never exported. Handing
    it on to something that enters it, or returning it, is fine.

Wrong:
    span = tracing.start_span(CHECKOUT)
    charge(card)

Right:
    with tracing.start_span(CHECKOUT):
        charge(card)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lint_plugin.parents import Parents, parents_of
from lint_plugin.rule import Hit, Module, Rule
from lint_plugin.span_calls import span_calls


def _check(module: Module) -> Iterator[Hit]:
    starts = [one.node for one in module.once(span_calls) if one.starts]
    if not starts:
        return
    parents = parents_of(module.tree)
    for node in starts:
        if not _is_entered(node, parents):
            yield Hit(node, "the span is never entered, so it never ends: use it in a `with` statement")


def _is_entered(node: ast.expr, parents: Parents) -> bool:
    parent = parents.get(node)
    while isinstance(parent, (ast.IfExp, ast.BoolOp, ast.NamedExpr, ast.Await)):
        node, parent = parent, parents.get(parent)
    if isinstance(parent, (ast.Expr, ast.Attribute)):
        return False
    if isinstance(parent, ast.Assign) and len(parent.targets) == 1 and isinstance(parent.targets[0], ast.Name):
        return _is_used(parent.targets[0].id, parent, parents)
    return True


def _is_used(name: str, node: ast.AST, parents: Parents) -> bool:
    scope = parents.get(node)
    while scope is not None and not isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Module)):
        scope = parents.get(scope)
    for part in ast.walk(scope) if scope is not None else ():
        read = isinstance(part, ast.Name) and part.id == name and isinstance(part.ctx, ast.Load)
        if read and not isinstance(parents.get(part), (ast.Attribute, ast.Expr)):
            return True
    return False


RULE = Rule(
    code="TRF202",
    name="span-not-entered",
    check=_check,
    accepts=(
        "from tracing_facade import start_span\nwith start_span('x') as span: ...\n",
        "from tracing_facade import start_span\ndef f(): return start_span('x')\n",
        "from tracing_facade import start_span\ndef f(stack): stack.enter_context(start_span('x'))\n",
        "from tracing_facade import start_span\ndef f():\n    span = start_span('x')\n    with span: ...\n",
    ),
    rejects=(
        "from tracing_facade import start_span\nstart_span('x')\n",
        "import tracing_facade as t\ndef f():\n    span = t.start_span('x')\n    span.set_attribute('k', 1)\n",
        "from tracing_facade import start_span\nspan = start_span('x').__enter__()\n",
    ),
)
