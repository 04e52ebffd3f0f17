"""Context that came with ``propagate.extract`` and is used in exactly one place."""

from __future__ import annotations

from typing import NamedTuple

import libcst as cst

from lint_plugin.codemod.plan import Plan
from lint_plugin.codemod.source_file import SourceFile, takes_only

EXTRACT = "opentelemetry.propagate.extract"


class Extracted(NamedTuple):
    """One ``extract(carrier)``.

    Args:
        call: the call.
        variable: the name under which its result is used; None when it is used on the spot.
    """

    call: cst.Call
    variable: cst.Name | None

    def edit(self, file: SourceFile, plan: Plan) -> cst.BaseExpression:
        """Put the edit of the call into the plan; return what the ``with`` statement enters."""
        carrier = self.call.args[0].value
        equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
        trust = cst.Arg(cst.Name("trust_everyone"), keyword=cst.Name("trust"), equal=equal)
        comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
        new = cst.Call(plan.name("extract"), [cst.Arg(carrier, comma=comma), trust])
        plan.migrate(file, self.call, self.call, "extract")
        if self.variable is None:
            return new
        plan.edit(self.call, lambda updated: new)
        return cst.Name(self.variable.value)


def extracted_context(file: SourceFile, node: cst.BaseExpression) -> Extracted | None:
    """Return the ``extract`` whose result this expression is, when nothing else uses it."""
    if isinstance(node, cst.Call):
        return Extracted(node, None) if _is_extract(file, node) else None
    if not isinstance(node, cst.Name):
        return None
    scope = file.scope(node)
    assignments = list(scope.assignments[node.value]) if scope is not None else []
    if len(assignments) != 1 or not isinstance(name := getattr(assignments[0], "node", None), cst.Name):
        return None
    if file.references(name) != [node]:
        return None
    assign = file.parent(file.parent(name))
    if not isinstance(assign, cst.Assign) or len(assign.targets) != 1 or not isinstance(assign.value, cst.Call):
        return None
    return Extracted(assign.value, node) if _is_extract(file, assign.value) else None


def _is_extract(file: SourceFile, call: cst.Call) -> bool:
    return file.origin(call.func) == EXTRACT and takes_only(call, 1, "carrier") and len(call.args) == 1
