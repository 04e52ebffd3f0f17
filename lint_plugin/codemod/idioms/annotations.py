"""The annotation of a span, where everything that is done with it is the same for the facade's spans.

Before:
    def note(span: trace.Span, value: int) -> None:
        span.set_attribute("value", value)

After:
    def note(span: tracing.Span, value: int) -> None:
        span.set_attribute("value", value)
"""

from __future__ import annotations

import ast
import re

from lint_plugin.codemod.idiom import Idiom
from lint_plugin.codemod.plan import Plan
from lint_plugin.codemod.scopes import Bind, Binding
from lint_plugin.codemod.spans import Spans

NAME = "annotation Span"


def _finish(spans: Spans, plan: Plan) -> None:
    for variable in spans.variables:
        problem = spans.problem(variable)
        for binding in variable.bindings:
            for node in spans.facts.span_annotations(_annotation(binding, spans)):
                if problem is None:
                    _migrate(node, spans, plan)
                elif binding.how is Bind.PARAMETER:
                    plan.leave(node, NAME, f"`{variable.name}` {problem.reason}")


def _annotation(binding: Binding, spans: Spans) -> ast.expr | None:
    if isinstance(binding.node, ast.arg):
        return binding.node.annotation
    statement = spans.facts.parent(binding.node)
    return statement.annotation if isinstance(statement, ast.AnnAssign) else None


def _migrate(node: ast.expr, spans: Spans, plan: Plan) -> None:
    code = f"{plan.facade}.Span"
    if node in spans.facts.scopes.quoted:
        old = re.escape(ast.unparse(node))
        literal = spans.facts.code(node)
        code, count = re.subn(rf"(?<![\w.]){old}(?![\w.])", code, literal)
        if count != 1:
            plan.leave(node, NAME, "it is quoted in a way that the codemod cannot write anew")
            return
    plan.fix(node, NAME)
    plan.uses_facade = True
    plan.replace(node, code)


IDIOM = Idiom(name=NAME, finish=_finish)
