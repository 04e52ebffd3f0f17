"""Events of a span: the same method, but without a time of its own.

Before:
    span.add_event(name="card.charged", attributes={"amount": amount})

After:
    span.add_event("card.charged", attributes={"amount": amount})
"""

from __future__ import annotations

import ast

from lint_plugin.codemod.arguments import Given, given_arguments, is_constant
from lint_plugin.codemod.idiom import Idiom
from lint_plugin.codemod.opentelemetry_api import PARAMETERS, SPAN
from lint_plugin.codemod.plan import Kept, Plan
from lint_plugin.codemod.spans import Spans
from lint_plugin.codemod.verdict import Refusal, Rewrite, Verdict

NAME = "add_event"
_CALL = f"{SPAN}.add_event"


def _judge(call: ast.Call, spans: Spans) -> Verdict:
    given = given_arguments(call, PARAMETERS[_CALL])
    if given is None or "name" not in given:
        return Refusal("its arguments cannot be told apart")
    if not is_constant(given.get("timestamp"), None):
        return Refusal("an event of the facade has no timestamp of its own")
    if "timestamp" not in given and not given["name"].keyword:
        return Rewrite(lambda plan: None)
    assert isinstance(call.func, ast.Attribute)
    if spans.comes_from_outside(call.func.value):
        return Refusal("its arguments differ from the facade's, and its span may come from callers in other files")
    return Rewrite(lambda plan: _migrate(call, given, plan))


def _migrate(call: ast.Call, given: dict[str, Given], plan: Plan) -> None:
    plan.fix(call, NAME)
    arguments = [Kept(given["name"].place, keyword="")]
    if "attributes" in given:
        arguments.append(Kept(given["attributes"].place))
    plan.arguments(call, *arguments)


IDIOM = Idiom(name=NAME, calls=(_CALL,), judge=_judge)
