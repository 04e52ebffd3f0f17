"""``span: trace.Span`` becomes ``span: tracing.Span`` where everything that is done with it can stay."""

from __future__ import annotations

import libcst as cst

from lint_plugin.codemod.plan import Plan
from lint_plugin.codemod.source_file import SourceFile
from lint_plugin.codemod.span_edits import edit_span_uses
from lint_plugin.codemod.span_uses import trouble_with

ORDER = 60

_SPAN = ("opentelemetry.trace.Span", "opentelemetry.trace.span.Span")


def apply(file: SourceFile, plan: Plan) -> None:
    """Migrate the annotations of parameters."""
    for parameter in file.all_of(cst.Param):
        annotation = parameter.annotation
        if annotation is None or file.origin(annotation.annotation) not in _SPAN:
            continue
        uses = file.references(parameter.name)
        trouble = "the parameter is assigned again" if uses is None else trouble_with(file, uses)
        if trouble or uses is None:
            plan.leave(annotation.annotation, trouble)
            continue
        new = plan.name("Span")
        plan.edit(annotation.annotation, lambda updated, new=new: new)  # type: ignore[misc]  # bound now
        plan.migrate(file, annotation.annotation, annotation.annotation, "annotation Span")
        edit_span_uses(file, plan, uses)
