"""Finds what is a tracer in a file: variables, attributes of ``self`` and calls whose origin is proven."""

from __future__ import annotations

from dataclasses import dataclass, field

import libcst as cst

from lint_plugin.codemod.source_file import SourceFile, takes_only

GET_TRACER = ("opentelemetry.trace.get_tracer",)


@dataclass
class Tracer:
    """One tracer and its uses.

    Args:
        call: the ``get_tracer(...)``.
        assignment: the statement that gives it a name; None when it is used on the spot.
        name: that name.
        uses: every expression that refers to it; None when they cannot all be known.
    """

    call: cst.Call
    assignment: cst.SimpleStatementLine | None = None
    name: str = ""
    uses: list[cst.BaseExpression] | None = field(default_factory=list)


def find_tracers(file: SourceFile) -> list[Tracer]:
    """Return the tracers of a file, in the order of the file."""
    calls = [call for call in file.all_of(cst.Call) if file.origin(call.func) in GET_TRACER]
    return [_tracer(file, call) for call in calls if takes_only(call, 4, *_OPTIONS)]


_OPTIONS = ("instrumenting_module_name", "instrumenting_library_version", "schema_url", "attributes")


def _tracer(file: SourceFile, call: cst.Call) -> Tracer:
    assign = file.parent(call)
    if not isinstance(assign, (cst.Assign, cst.AnnAssign)):
        return Tracer(call, uses=[call])
    line = file.parent(assign)
    targets = [target.target for target in assign.targets] if isinstance(assign, cst.Assign) else [assign.target]
    if len(targets) != 1 or not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1:
        return Tracer(call, uses=None)
    target = targets[0]
    if isinstance(target, cst.Name):
        references = file.references(target)
        return Tracer(call, line, target.value, None if references is None else list(references))
    if isinstance(target, cst.Attribute) and isinstance(target.value, cst.Name) and target.value.value == "self":
        return Tracer(call, line, f"self.{target.attr.value}", _uses_of_attribute(file, target))
    return Tracer(call, uses=None)


def _uses_of_attribute(file: SourceFile, target: cst.Attribute) -> list[cst.BaseExpression] | None:
    """Return every ``self.name`` of the class; None when the attribute is not private or is used in other ways."""
    owner = file.ancestor(target, cst.ClassDef)
    name = target.attr.value
    if owner is None or not name.startswith("_") or name.startswith("__"):
        return None
    uses: list[cst.BaseExpression] = []
    for found in file.all_of(cst.Attribute):
        if found.attr.value != name or found is target:
            continue
        of_self = isinstance(found.value, cst.Name) and found.value.value == "self"
        if not of_self or file.ancestor(found, cst.ClassDef) is not owner or _is_assigned(file, found):
            return None
        uses.append(found)
    return uses


def _is_assigned(file: SourceFile, node: cst.Attribute) -> bool:
    parent = file.parent(node)
    return isinstance(parent, (cst.AssignTarget, cst.AugAssign, cst.Del)) or (
        isinstance(parent, cst.AnnAssign) and parent.target is node
    )
