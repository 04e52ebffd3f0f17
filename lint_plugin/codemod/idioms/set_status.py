"""The status of a span: succeeded or not, and a description of what went wrong.

Before:
    span.set_status(Status(StatusCode.ERROR, "the card is refused"))
    span.set_status(StatusCode.OK)

After:
    span.set_status(False, "the card is refused")
    span.set_status(True)
"""

from __future__ import annotations

import ast

from lint_plugin.codemod.error_pairs import pair_of_status
from lint_plugin.codemod.idiom import Idiom
from lint_plugin.codemod.opentelemetry_api import SPAN
from lint_plugin.codemod.plan import Plan
from lint_plugin.codemod.spans import Spans
from lint_plugin.codemod.status import NewStatus, read_status
from lint_plugin.codemod.verdict import Refusal, Rewrite, Verdict

NAME = "set_status"


def _judge(call: ast.Call, spans: Spans) -> Verdict:
    status = read_status(spans.facts, call)
    if status is None:
        return Refusal("it is not one of StatusCode's members OK and ERROR by name")
    assert isinstance(call.func, ast.Attribute)
    if spans.comes_from_outside(call.func.value):
        return Refusal("its span may come from callers in other files, which may hand in an OpenTelemetry span")
    if pair_of_status(call, spans) is not None:
        return Rewrite(lambda plan: None)
    return Rewrite(lambda plan: _migrate(call, status, plan))


def _migrate(call: ast.Call, status: NewStatus, plan: Plan) -> None:
    plan.fix(call, NAME)
    plan.arguments(call, *status.arguments)


IDIOM = Idiom(name=NAME, calls=(f"{SPAN}.set_status",), judge=_judge)
