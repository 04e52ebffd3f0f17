"""Context that goes out with a message.

Before:
    propagate.inject(headers)

After:
    tracing.inject(headers)
"""

from __future__ import annotations

import ast

from lint_plugin.codemod.arguments import given_arguments, is_constant
from lint_plugin.codemod.idiom import Idiom
from lint_plugin.codemod.opentelemetry_api import INJECT, PARAMETERS
from lint_plugin.codemod.plan import Kept, Plan
from lint_plugin.codemod.spans import Spans
from lint_plugin.codemod.verdict import Refusal, Rewrite, Verdict

NAME = "inject"


def _judge(call: ast.Call, spans: Spans) -> Verdict:
    given = given_arguments(call, PARAMETERS[INJECT])
    if given is None or "carrier" not in given:
        return Refusal("its arguments cannot be told apart")
    if "setter" in given or not is_constant(given.get("context"), None):
        return Refusal("it gives more than the carrier; the facade writes the current context into a mapping")
    carrier = given["carrier"].place
    return Rewrite(lambda plan: _migrate(call, carrier, plan))


def _migrate(call: ast.Call, carrier: int, plan: Plan) -> None:
    plan.fix(call, NAME)
    plan.replace(call.func, plan.facade_name("inject"))
    plan.arguments(call, Kept(carrier))


IDIOM = Idiom(name=NAME, calls=(INJECT,), judge=_judge)
