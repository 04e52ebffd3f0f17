"""A span that is started by ``with``.

The name stays where it is when the span is an internal one. A span of another kind is declared at the top of the
module, since only a declaration has a kind, with the attributes and events that it is given here. ``context=`` is
possible where it is the result of ``propagate.extract``.

Before:
    with tracer.start_as_current_span("order.ship", kind=SpanKind.PRODUCER, attributes={"queue": "q"}) as span:
        ...

After:
    ORDER_SHIP = tracing.SpanSpec(
        "order.ship",
        kind=tracing.SpanKind.PRODUCER,
        attributes=(
            tracing.AttributeSpec("queue"),
        ),
    )

    with tracing.start_span(ORDER_SHIP, attributes={"queue": "q"}) as span:
        ...
"""

from __future__ import annotations

import ast

from lint_plugin.codemod.declared_attributes import seen_on, unclear
from lint_plugin.codemod.extracted import extracted_by
from lint_plugin.codemod.idiom import Idiom
from lint_plugin.codemod.links import linked_spans
from lint_plugin.codemod.opentelemetry_api import START_AS_CURRENT_SPAN
from lint_plugin.codemod.plan import Enter, Kept, New, Plan
from lint_plugin.codemod.span_start import SpanStart, read_start
from lint_plugin.codemod.spans import Spans
from lint_plugin.codemod.usage import Use, Way, described, use_of
from lint_plugin.codemod.verdict import Refusal, Rewrite, Verdict

NAME = "start_as_current_span"


def _judge(call: ast.Call, spans: Spans) -> Verdict | None:
    use = use_of(spans.facts, call)
    if use.way is Way.DECORATOR:
        return None
    if use.way is not Way.WITH:
        return Refusal(f"it {described(spans.facts, use)} and not entered by `with` on the spot")
    start = read_start(spans.facts, call)
    if isinstance(start, Refusal):
        return start
    problem = _problem_of_surroundings(start, use, spans)
    return problem or Rewrite(lambda plan: _migrate(call, use, start, spans, plan), _note(start, use, spans))


def _problem_of_surroundings(start: SpanStart, use: Use, spans: Spans) -> Refusal | None:
    if start.context is not None and extracted_by(start.context, spans.facts) is None:
        return Refusal("its context= is not the result of propagate.extract, used here alone")
    problem = None if use.variable is None else spans.problem(use.variable)
    if problem is None or use.variable is None:
        return None
    return Refusal(f"its span `{use.variable.name}` {problem.reason}")


def _note(start: SpanStart, use: Use, spans: Spans) -> str:
    """Return what the declaration of a span will lack."""
    keys = unclear(seen_on(use.variable, start.attributes, spans.facts)) if start.declared_name() else []
    return (
        f"declare its {', '.join(dict.fromkeys(keys))} too; of which type that is, the code does not say"
        if keys
        else ""
    )


def _migrate(call: ast.Call, use: Use, start: SpanStart, spans: Spans, plan: Plan) -> None:
    facts = spans.facts
    plan.fix(call, NAME)
    if start.context is not None:
        entered = extracted_by(start.context, facts)
        assert entered is not None
        plan.edit(call, Enter(entered.code(facts, plan)))
    plan.replace(call.func, plan.facade_name("start_span"))
    arguments: list[Kept | New] = [Kept(start.name.place, keyword="")]
    if start.declared_name():
        seen = seen_on(use.variable, start.attributes, facts)
        arguments = [New(plan.declare(start.declared_name(), start.kind, seen), start.name.place)]
    if start.attributes is not None:
        arguments.append(Kept(start.attributes.place))
    if start.links is not None:
        arguments.append(Kept(start.links.place, keyword="links"))
        for element, span in linked_spans(start.links.value, spans):
            plan.replace(element, facts.code(span))
    plan.arguments(call, *arguments)


IDIOM = Idiom(name=NAME, calls=(START_AS_CURRENT_SPAN,), judge=_judge)
