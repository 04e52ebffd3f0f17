"""``trace.get_current_span()`` becomes ``tracing.current_span()``."""

from __future__ import annotations

import libcst as cst

from lint_plugin.codemod.plan import Plan
from lint_plugin.codemod.source_file import SourceFile
from lint_plugin.codemod.span_edits import edit_method, edit_span_uses
from lint_plugin.codemod.span_uses import method_trouble, trouble_with

ORDER = 40

_ORIGINS = ("opentelemetry.trace.get_current_span", "opentelemetry.trace.propagation.get_current_span")


def apply(file: SourceFile, plan: Plan) -> None:
    """Migrate every call whose result is only used as a facade's span can be."""
    for call in file.all_of(cst.Call):
        if file.origin(call.func) in _ORIGINS:
            _migrate(file, plan, call)


def _migrate(file: SourceFile, plan: Plan, call: cst.Call) -> None:
    if call.args:
        plan.leave(call, "it takes a context, which the facade's current_span does not")
        return
    parent = file.parent(call)
    uses: list[cst.Name] | None = []
    trouble = ""
    if isinstance(parent, cst.Attribute):
        trouble = method_trouble(file, parent)
    elif isinstance(parent, cst.Assign) and len(parent.targets) == 1 and isinstance(parent.targets[0].target, cst.Name):
        uses = file.references(parent.targets[0].target)
        trouble = "its variable is assigned more than once" if uses is None else trouble_with(file, uses)
    else:
        trouble = "the span is handed on, perhaps to code that needs an OpenTelemetry span"
    if trouble or uses is None:
        plan.leave(call, trouble)
        return
    new = plan.name("current_span")
    plan.edit(call, lambda updated: updated.with_changes(func=new))
    plan.migrate(file, call, call, "get_current_span")
    edit_span_uses(file, plan, uses)
    if isinstance(parent, cst.Attribute):
        edit_method(file, plan, parent)
