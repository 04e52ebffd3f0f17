"""Rewrites the calls on a span that the facade's spans have in another form."""

from __future__ import annotations

import libcst as cst

from lint_plugin.codemod.plan import Plan
from lint_plugin.codemod.source_file import SourceFile
from lint_plugin.codemod.span_uses import new_status


def edit_span_uses(file: SourceFile, plan: Plan, uses: list[cst.Name]) -> None:
    """Put the edits of every call on a span variable into the plan; they were found possible before."""
    for use in uses:
        attribute = file.parent(use)
        if isinstance(attribute, cst.Attribute) and attribute.value is use:
            edit_method(file, plan, attribute)


def edit_method(file: SourceFile, plan: Plan, attribute: cst.Attribute) -> None:
    """Put the edit of one call on a span into the plan, when it needs one."""
    call = file.parent(attribute)
    assert isinstance(call, cst.Call)
    if attribute.attr.value == "set_status":
        arguments = new_status(file, call)
        assert arguments is not None
        plan.edit(call, lambda updated: updated.with_changes(args=arguments))
        for given in call.args:
            plan.migrate(file, given, call, "set_status")
    elif attribute.attr.value == "record_exception":
        _edit_record_exception(file, plan, attribute, call)


def _edit_record_exception(file: SourceFile, plan: Plan, attribute: cst.Attribute, call: cst.Call) -> None:
    """``record_error`` sets the error status too, so it is right only where the next statement sets that anyway."""
    if _sets_error(file, _next_statement(file, call), file.code(attribute.value)):
        plan.edit(attribute, lambda updated: updated.with_changes(attr=cst.Name("record_error")))
        plan.note(file, call, "record_exception")
    else:
        plan.leave(call, "it keeps working, and sets no error status; use record_error(...) where it is an error")


def _next_statement(file: SourceFile, call: cst.Call) -> cst.CSTNode | None:
    line = file.ancestor(call, cst.SimpleStatementLine)
    if line is None:
        return None
    block = file.parent(line)
    body = list(getattr(block, "body", ()))
    position = body.index(line) + 1 if line in body else len(body)
    return body[position] if position < len(body) else None


def _sets_error(file: SourceFile, statement: cst.CSTNode | None, span: str) -> bool:
    if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
        return False
    expression = statement.body[0]
    if not isinstance(expression, cst.Expr) or not isinstance(call := expression.value, cst.Call):
        return False
    function = call.func
    if (
        not isinstance(function, cst.Attribute)
        or function.attr.value != "set_status"
        or file.code(function.value) != span
    ):
        return False
    arguments = new_status(file, call)
    return arguments is not None and file.code(arguments[0].value) == "False"
