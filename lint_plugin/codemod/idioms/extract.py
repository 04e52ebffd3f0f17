"""Context that comes in with a message, and is the parent of the span that is started for it.

OpenTelemetry trusts whoever sent it, so the new code says ``trust_everyone``: replace it by a rule of
``tracing_facade.trust`` where strangers can send. Left is every other use of the result than these.

Before:
    context = propagate.extract(message)
    with tracer.start_as_current_span("stock.deliver", context=context):
        ...

    token = attach(propagate.extract(message))
    try:
        ...
    finally:
        detach(token)

After:
    context = tracing.extract(message, trust=trust_everyone)
    with context, tracing.start_span("stock.deliver"):
        ...

    with tracing.extract(message, trust=trust_everyone):
        ...
"""

from __future__ import annotations

import ast

from lint_plugin.codemod.extracted import (
    Attached,
    attached,
    extracted_by,
    is_plain_extract,
    new_extract,
    start_that_takes,
)
from lint_plugin.codemod.idiom import Idiom
from lint_plugin.codemod.opentelemetry_api import ATTACH, DETACH, EXTRACT
from lint_plugin.codemod.plan import Plan, Remove, TryToWith
from lint_plugin.codemod.spans import Spans
from lint_plugin.codemod.usage import Way, use_of
from lint_plugin.codemod.verdict import Refusal, Rewrite, Verdict

NAME = "extract"
_ELSEWHERE = "its result is used in another way than once, as context= of a span that is entered by `with`"


def _judge(call: ast.Call, spans: Spans) -> Verdict:
    facts = spans.facts
    target = facts.target(call)
    if target == ATTACH:
        return _judge_attach(call, spans)
    if target == DETACH:
        known = any(_detaches(other, call, spans) for other in facts.all_of(ast.Call))
        return Rewrite(lambda plan: None) if known else Refusal("the context that it restores is not the facade's")
    if not is_plain_extract(call, facts):
        return Refusal("it takes more than the carrier")
    return _judge_extract(call, spans)


def _judge_extract(call: ast.Call, spans: Spans) -> Verdict:
    facts = spans.facts
    use = use_of(facts, call)
    value: ast.expr = call
    if use.way is Way.BOUND and use.variable is not None and len(use.variable.uses) == 1:
        value = use.variable.uses[0]
    taker = start_that_takes(value, facts)
    if taker is None:
        taker = _attach_that_takes(value, spans)
    if taker is None or extracted_by(value, facts) is None:
        return Refusal(_ELSEWHERE)
    judged = spans.verdict(taker)
    if judged is None or isinstance(judged[1], Refusal):
        return Refusal(f"what it is for stays: `{facts.code(taker.func)}` in line {facts.line(taker)}")
    return Rewrite(lambda plan: _migrate(call, value is not call, spans, plan))


def _migrate(call: ast.Call, is_bound: bool, spans: Spans, plan: Plan) -> None:
    plan.fix(call, NAME)
    if is_bound:
        plan.replace(call, new_extract(spans.facts, call, plan))


def _attach_that_takes(value: ast.expr, spans: Spans) -> ast.Call | None:
    use = use_of(spans.facts, value)
    if use.way is Way.ARGUMENT and isinstance(use.node, ast.Call) and spans.facts.target(use.node) == ATTACH:
        return use.node
    return None


def _judge_attach(call: ast.Call, spans: Spans) -> Verdict:
    found = attached(call, spans.facts)
    if found is None:
        return Refusal("it is not an extracted context that the `finally` of the next statement detaches")
    return Rewrite(lambda plan: _migrate_attach(found, spans, plan))


def _migrate_attach(found: Attached, spans: Spans, plan: Plan) -> None:
    plan.edit(found.statement, Remove())
    plan.edit(found.block, TryToWith(found.extracted.code(spans.facts, plan)))
    plan.drop(found.statement)
    plan.drop(found.detach)


def _detaches(attach: ast.Call, detach: ast.Call, spans: Spans) -> bool:
    if spans.facts.target(attach) != ATTACH:
        return False
    found = attached(attach, spans.facts)
    return found is not None and found.detach is detach


IDIOM = Idiom(name=NAME, calls=(EXTRACT, ATTACH, DETACH), judge=_judge)
