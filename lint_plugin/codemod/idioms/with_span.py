"""``with tracer.start_as_current_span("name") as span`` becomes ``with tracing.start_span("name") as span``."""

from __future__ import annotations

import libcst as cst

from lint_plugin.codemod.extracted import Extracted, extracted_context
from lint_plugin.codemod.plan import Plan
from lint_plugin.codemod.source_file import SourceFile
from lint_plugin.codemod.span_edits import edit_span_uses
from lint_plugin.codemod.span_start import SpanStart, translate
from lint_plugin.codemod.span_uses import trouble_with
from lint_plugin.codemod.tracers import find_tracers

ORDER = 20


def apply(file: SourceFile, plan: Plan) -> None:
    """Migrate every such ``with`` of a tracer whose origin is proven."""
    for tracer in find_tracers(file):
        for use in tracer.uses or ():
            call = start_call(file, use)
            if call is not None and isinstance(file.parent(call), cst.WithItem):
                _migrate(file, plan, use, call)


def start_call(file: SourceFile, use: cst.BaseExpression) -> cst.Call | None:
    """Return the ``start_as_current_span(...)`` of this use of a tracer."""
    attribute = file.parent(use)
    if not isinstance(attribute, cst.Attribute) or attribute.attr.value != "start_as_current_span":
        return None
    call = file.parent(attribute)
    return call if isinstance(call, cst.Call) and call.func is attribute else None


def _migrate(file: SourceFile, plan: Plan, use: cst.BaseExpression, call: cst.Call) -> None:
    item = file.parent(call)
    assert isinstance(item, cst.WithItem)
    uses = _uses(file, item)
    if uses is None:
        plan.leave(use, "the span's variable is assigned more than once, or is no plain name")
        return
    trouble = trouble_with(file, uses)
    started = trouble or translate(file, plan, call)
    if isinstance(started, str):
        plan.leave(use, started)
        return
    extracted = None
    if started.context is not None:
        extracted = extracted_context(file, started.context)
        if extracted is None:
            plan.leave(use, "context= is not the result of propagate.extract that nothing else uses")
            return
        if len(_items(file, item)) > 1:
            plan.leave(use, "context= in a with statement of several parts")
            return
    _edit(file, plan, call, item, started, extracted)
    plan.migrate(file, call, use, "start_as_current_span")
    edit_span_uses(file, plan, uses)


def _edit(
    file: SourceFile, plan: Plan, call: cst.Call, item: cst.WithItem, started: SpanStart, extracted: Extracted | None
) -> None:
    plan.edit(call, lambda updated: started.call(plan).with_changes(lpar=updated.lpar, rpar=updated.rpar))
    if extracted is None:
        return
    plan.trusts_everyone = True
    scope = extracted.edit(file, plan)
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    plan.edit(item, lambda updated: cst.FlattenSentinel([cst.WithItem(scope, comma=comma), updated]))


def _items(file: SourceFile, item: cst.WithItem) -> list[cst.WithItem]:
    statement = file.parent(item)
    assert isinstance(statement, cst.With)
    return list(statement.items)


def _uses(file: SourceFile, item: cst.WithItem) -> list[cst.Name] | None:
    """Return the uses of the variable after ``as``; a name that several statements bind is looked at in each body."""
    if item.asname is None:
        return []
    name = item.asname.name
    if not isinstance(name, cst.Name):
        return None
    once = file.references(name)
    return once if once is not None else _uses_in_body(file, item, name)


def _uses_in_body(file: SourceFile, item: cst.WithItem, name: cst.Name) -> list[cst.Name] | None:
    """Return the uses of a variable that several ``with`` statements of a function bind, each for its own body."""
    scope = file.scope(name)
    if scope is None:
        return None
    bodies: list[cst.With] = []
    for assignment in scope.assignments[name.value]:
        target = getattr(assignment, "node", None)
        bound = file.parent(file.parent(target)) if isinstance(target, cst.Name) else None
        statement = file.parent(bound) if isinstance(bound, cst.WithItem) else None
        if not isinstance(statement, cst.With):
            return None
        bodies.append(statement)
    uses = [node for access in scope.accesses[name.value] if isinstance(node := access.node, cst.Name)]
    owners = {use: _innermost(file, use, bodies) for use in uses}
    if None in owners.values():
        return None
    return [use for use in uses if owners[use] is file.parent(item)]


def _innermost(file: SourceFile, use: cst.CSTNode, bodies: list[cst.With]) -> cst.With | None:
    found = file.ancestor(use, cst.With)
    while found is not None and found not in bodies:
        found = file.ancestor(found, cst.With)
    return found
