"""``@tracer.start_as_current_span("name")`` becomes ``@tracing.traced("name")``."""

from __future__ import annotations

import libcst as cst

from lint_plugin.codemod.idioms.with_span import start_call
from lint_plugin.codemod.plan import Plan
from lint_plugin.codemod.source_file import SourceFile
from lint_plugin.codemod.span_start import translate
from lint_plugin.codemod.tracers import find_tracers

ORDER = 30


def apply(file: SourceFile, plan: Plan) -> None:
    """Migrate every such decorator of a tracer whose origin is proven."""
    for tracer in find_tracers(file):
        for use in tracer.uses or ():
            call = start_call(file, use)
            if call is not None and isinstance(file.parent(call), cst.Decorator):
                _migrate(file, plan, use, call)


def _migrate(file: SourceFile, plan: Plan, use: cst.BaseExpression, call: cst.Call) -> None:
    function = file.parent(file.parent(call))
    if isinstance(function, cst.FunctionDef) and _is_generator(function):
        plan.leave(
            use, "on a generator the span would end with the last step; with OpenTelemetry it ends before the first"
        )
        return
    started = translate(file, plan, call)
    if isinstance(started, str):
        plan.leave(use, started)
        return
    if started.attributes or started.links or started.context:
        plan.leave(use, "traced() takes no attributes, links or context; set them in the function")
        return
    new = cst.Call(plan.name("traced"), [cst.Arg(started.span)])
    plan.edit(call, lambda updated: new)
    plan.migrate(file, call, use, "start_as_current_span as decorator")


def _is_generator(function: cst.FunctionDef) -> bool:
    search = _Yields(function)
    function.visit(search)
    return search.found


class _Yields(cst.CSTVisitor):
    """Looks for ``yield`` in a function, not in those inside of it."""

    def __init__(self, function: cst.FunctionDef) -> None:
        self._function = function
        self.found = False

    def visit_Yield(self, node: cst.Yield) -> None:
        self.found = True

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        return node is self._function

    def visit_Lambda(self, node: cst.Lambda) -> bool:
        return False
