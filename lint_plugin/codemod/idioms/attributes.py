"""Attributes of a span: the methods have the same names and parameters.

Before:
    span.set_attribute("order.items", 3)
    span.set_attributes({"order.total": 20})

After:
    span.set_attribute("order.items", 3)
    span.set_attributes({"order.total": 20})
"""

from __future__ import annotations

import ast

from lint_plugin.codemod.arguments import given_arguments
from lint_plugin.codemod.idiom import Idiom
from lint_plugin.codemod.opentelemetry_api import PARAMETERS, SPAN
from lint_plugin.codemod.plan import Plan
from lint_plugin.codemod.spans import Spans
from lint_plugin.codemod.verdict import Refusal, Rewrite, Verdict

_METHODS = ("set_attribute", "set_attributes", "is_recording")


def _judge(call: ast.Call, spans: Spans) -> Verdict:
    if given_arguments(call, PARAMETERS[spans.facts.target(call)]) is None:
        return Refusal("its arguments cannot be told apart")
    return Rewrite(_nothing_to_do)


def _nothing_to_do(plan: Plan) -> None:
    """Both kinds of span have the method."""


IDIOM = Idiom(name="set_attribute", calls=tuple(f"{SPAN}.{method}" for method in _METHODS), judge=_judge)
