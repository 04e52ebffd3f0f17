"""``propagate.inject(carrier)`` becomes ``tracing.inject(carrier)``."""

from __future__ import annotations

import libcst as cst

from lint_plugin.codemod.plan import Plan
from lint_plugin.codemod.source_file import SourceFile, takes_only

ORDER = 50

_INJECT = "opentelemetry.propagate.inject"


def apply(file: SourceFile, plan: Plan) -> None:
    """Migrate every call that gives the carrier alone."""
    for call in file.all_of(cst.Call):
        if file.origin(call.func) != _INJECT:
            continue
        if len(call.args) != 1 or not takes_only(call, 1, "carrier"):
            plan.leave(call, "it gives more than the carrier; the facade injects the current context into a mapping")
            continue
        new = plan.name("inject")
        plan.edit(call, lambda updated, new=new: updated.with_changes(func=new))  # type: ignore[misc]  # bound now
        plan.migrate(file, call.func, call, "inject")
