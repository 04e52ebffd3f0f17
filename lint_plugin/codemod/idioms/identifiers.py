"""The ids of a span as texts, for logs.

Before:
    format_trace_id(span.get_span_context().trace_id)

After:
    span.trace_id
"""

from __future__ import annotations

import ast

from lint_plugin.codemod.facts import Facts
from lint_plugin.codemod.idiom import Idiom
from lint_plugin.codemod.links import linked_spans
from lint_plugin.codemod.opentelemetry_api import GET_CURRENT_SPAN, SPAN, START_AS_CURRENT_SPAN, TRACE
from lint_plugin.codemod.plan import Plan
from lint_plugin.codemod.spans import Spans
from lint_plugin.codemod.verdict import Refusal, Rewrite, Verdict

NAME = "get_span_context"
_FORMATS = {"trace_id": (f"{TRACE}.format_trace_id", "032x"), "span_id": (f"{TRACE}.format_span_id", "016x")}


def _judge(call: ast.Call, spans: Spans) -> Verdict:
    found = _formatted(call, spans.facts)
    if found is None and _is_linked(call, spans):
        return Rewrite(lambda plan: None)
    if found is None:
        return Refusal("the facade's spans have no context object; their trace_id and span_id are hexadecimal texts")
    formatting, name = found
    assert isinstance(call.func, ast.Attribute)
    span = call.func.value
    if spans.comes_from_outside(span):
        return Refusal("its span may come from callers in other files, which may hand in an OpenTelemetry span")
    return Rewrite(lambda plan: _migrate(formatting, span, name, spans, plan))


def _formatted(call: ast.Call, facts: Facts) -> tuple[ast.Call, str] | None:
    """Return the call that formats an id of this context, and which id it is."""
    attribute = facts.parent(call)
    if not isinstance(attribute, ast.Attribute) or attribute.attr not in _FORMATS:
        return None
    formatting = facts.parent(attribute)
    if not isinstance(formatting, ast.Call) or formatting.keywords or formatting.args[:1] != [attribute]:
        return None
    function, template = _FORMATS[attribute.attr]
    given = [argument.value for argument in formatting.args[1:] if isinstance(argument, ast.Constant)]
    builtin = isinstance(formatting.func, ast.Name) and formatting.func.id == "format"
    if builtin and facts.scopes.variable_of(formatting.func) is None and given == [template]:
        return formatting, attribute.attr
    return (formatting, attribute.attr) if facts.origin(formatting.func) == function else None


def _is_linked(call: ast.Call, spans: Spans) -> bool:
    """Tell whether a context is that of a link of a span that is migrated."""
    facts = spans.facts
    link = facts.parent(call)
    links = None if link is None else facts.parent(link)
    start = None if links is None else facts.ancestor(links, ast.Call)
    if not isinstance(links, ast.expr) or start is None or facts.target(start) != START_AS_CURRENT_SPAN:
        return False
    judged = spans.verdict(start)
    migrated = judged is not None and isinstance(judged[1], Rewrite)
    return migrated and any(element is link for element, _ in linked_spans(links, spans))


def _migrate(formatting: ast.Call, span: ast.expr, name: str, spans: Spans, plan: Plan) -> None:
    plan.fix(formatting, NAME)
    is_current = isinstance(span, ast.Call) and spans.facts.target(span) == GET_CURRENT_SPAN
    code = f"{plan.facade_name('current_span')}()" if is_current else spans.facts.code(span)
    plan.replace(formatting, f"{code}.{name}")


IDIOM = Idiom(name=NAME, calls=(f"{SPAN}.get_span_context",), judge=_judge)
