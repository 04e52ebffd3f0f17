"""A span that is started by a decorator.

Coroutine functions are migrated too: the span lasts until the coroutine is done, as with OpenTelemetry since 1.23.
Generators are left, because OpenTelemetry ends their span before the first step, and ``traced`` after the last.

Before:
    @tracer.start_as_current_span("order.pay")
    def pay(amount): ...

After:
    @tracing.traced("order.pay")
    def pay(amount): ...
"""

from __future__ import annotations

import ast

from lint_plugin.codemod.idiom import Idiom
from lint_plugin.codemod.opentelemetry_api import START_AS_CURRENT_SPAN
from lint_plugin.codemod.plan import Kept, New, Plan
from lint_plugin.codemod.scopes import own_nodes
from lint_plugin.codemod.span_start import SpanStart, read_start
from lint_plugin.codemod.spans import Spans
from lint_plugin.codemod.usage import Function, Way, use_of
from lint_plugin.codemod.verdict import Refusal, Rewrite, Verdict

NAME = "start_as_current_span as decorator"


def _judge(call: ast.Call, spans: Spans) -> Verdict | None:
    use = use_of(spans.facts, call)
    if use.way is not Way.DECORATOR or not isinstance(use.node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return None
    if _is_generator(use.node):
        return Refusal(
            "it decorates a generator, whose span ends before the first step with OpenTelemetry, and after the last "
            "with the facade"
        )
    start = read_start(spans.facts, call)
    if isinstance(start, Refusal):
        return start
    if start.attributes is not None or start.links is not None or start.context is not None:
        return Refusal("traced() takes no attributes, links or context; set attributes in the function")
    return Rewrite(lambda plan: _migrate(call, start, plan))


def _migrate(call: ast.Call, start: SpanStart, plan: Plan) -> None:
    plan.fix(call, NAME)
    plan.replace(call.func, plan.facade_name("traced"))
    if start.declared_name():
        plan.arguments(call, New(plan.declare(start.declared_name(), start.kind), start.name.place))
    else:
        plan.arguments(call, Kept(start.name.place, keyword=""))


def _is_generator(function: Function) -> bool:
    return any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in own_nodes(function.body))


IDIOM = Idiom(name=NAME, calls=(START_AS_CURRENT_SPAN,), judge=_judge)
