"""``tracer = trace.get_tracer(__name__)`` goes when everything that used the variable has been migrated."""

from __future__ import annotations

import libcst as cst

from lint_plugin.codemod.plan import Plan
from lint_plugin.codemod.source_file import SourceFile
from lint_plugin.codemod.tracers import Tracer, find_tracers

ORDER = 90


def apply(file: SourceFile, plan: Plan) -> None:
    """Drop the variables that nobody needs any more."""
    for tracer in find_tracers(file):
        if tracer.assignment is None:
            continue
        reason = _needed_because(file, plan, tracer)
        if reason:
            plan.leave(tracer.call, reason)
            continue
        plan.edit(tracer.assignment, lambda updated: cst.RemoveFromParent())
        plan.migrate(file, tracer.call, tracer.call, "get_tracer")


def _needed_because(file: SourceFile, plan: Plan, tracer: Tracer) -> str:
    if tracer.uses is None:
        return f"not every use of {tracer.name} can be seen"
    if not tracer.uses:
        return f"nothing in this file uses {tracer.name}; perhaps another one does"
    if tracer.name in plan.wanted_elsewhere:
        return f"another file imports {tracer.name}"
    left = [use for use in tracer.uses if use not in plan.migrated]
    for use in left:
        plan.leave(use, "the tracer is used in another way than to start a current span")
    if left:
        line, _ = file.position(left[0])
        return f"{tracer.name} is still used, first in line {line}"
    return ""
