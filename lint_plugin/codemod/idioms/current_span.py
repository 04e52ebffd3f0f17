"""The current span.

Before:
    trace.get_current_span().set_attribute("article", name)

After:
    tracing.current_span().set_attribute("article", name)
"""

from __future__ import annotations

import ast

from lint_plugin.codemod.idiom import Idiom
from lint_plugin.codemod.opentelemetry_api import GET_CURRENT_SPAN
from lint_plugin.codemod.plan import Plan
from lint_plugin.codemod.spans import Spans
from lint_plugin.codemod.usage import Use, Way, use_of
from lint_plugin.codemod.verdict import Refusal, Rewrite, Verdict

NAME = "get_current_span"


def _judge(call: ast.Call, spans: Spans) -> Verdict:
    if call.args or call.keywords:
        return Refusal("it asks for the span of another context than the current one")
    problem = spans.problem_of_use(call)
    if problem is not None:
        return Refusal(f"the span {_named(use_of(spans.facts, call))}{problem.reason}")
    return Rewrite(lambda plan: _migrate(call, plan))


def _named(use: Use) -> str:
    return f"`{use.variable.name}` " if use.way is Way.BOUND and use.variable is not None else ""


def _migrate(call: ast.Call, plan: Plan) -> None:
    plan.fix(call, NAME)
    plan.replace(call.func, plan.facade_name("current_span"))


IDIOM = Idiom(name=NAME, calls=(GET_CURRENT_SPAN,), judge=_judge)
