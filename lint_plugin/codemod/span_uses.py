"""Whether everything that a file does with a span can also be done with a span of the facade."""

from __future__ import annotations

import libcst as cst

from lint_plugin.codemod.source_file import SourceFile, takes_only

_SAME = {"set_attribute": 2, "set_attributes": 1, "is_recording": 0, "end": 0}
_STATUS = "opentelemetry.trace.StatusCode."
STATUS_CLASSES = ("opentelemetry.trace.Status", "opentelemetry.trace.status.Status")
_CODES = {
    f"{module}.StatusCode.{code}": ok
    for module in ("opentelemetry.trace", "opentelemetry.trace.status")
    for code, ok in (("ERROR", "False"), ("OK", "True"))
}


def trouble_with(file: SourceFile, uses: list[cst.Name]) -> str:
    """Return why these uses of a span variable need an OpenTelemetry span; an empty string when they do not."""
    for use in uses:
        parent = file.parent(use)
        if isinstance(parent, cst.Attribute) and parent.value is use:
            problem = method_trouble(file, parent)
            if problem:
                return problem
        elif not _only_tests_it(file, use):
            line, _ = file.position(use)
            return f"the span is handed on in line {line}, perhaps to code that needs an OpenTelemetry span"
    return ""


def method_trouble(file: SourceFile, attribute: cst.Attribute) -> str:
    """Return why one method call on a span cannot stay or be rewritten; an empty string when it can."""
    method = attribute.attr.value
    call = file.parent(attribute)
    line, _ = file.position(attribute)
    if not isinstance(call, cst.Call) or call.func is not attribute:
        return f"the span's {method} is used in line {line} without calling it"
    if method in _SAME and takes_only(call, _SAME[method], "key", "value", "attributes"):
        return ""
    if method == "add_event" and takes_only(call, 2, "name", "attributes") and not _has_keyword(call, "name"):
        return ""
    if method == "record_exception" and takes_only(call, 1) and call.args:
        return ""
    if method == "set_status" and new_status(file, call) is not None:
        return ""
    return f"line {line} uses {method} in a way that the facade's spans do not have"


def new_status(file: SourceFile, call: cst.Call) -> list[cst.Arg] | None:
    """Return the arguments of the facade's ``set_status`` for those of OpenTelemetry's, or None."""
    if not takes_only(call, 2, "status", "description") or not call.args:
        return None
    given = call.args
    first = given[0].value
    if isinstance(first, cst.Call) and file.origin(first.func) in STATUS_CLASSES:
        if len(given) > 1 or not takes_only(first, 2, "status_code", "description") or not first.args:
            return None
        given = first.args
        first = given[0].value
    if given[0].keyword is not None and given[0].keyword.value not in ("status", "status_code"):
        return None
    ok = _CODES.get(file.origin(first))
    if ok is None:
        return None
    arguments = [cst.Arg(cst.Name(ok))]
    if ok == "False" and len(given) > 1:
        arguments.append(cst.Arg(given[1].value))
    return [
        argument.with_changes(comma=cst.Comma(whitespace_after=cst.SimpleWhitespace(" ")))
        if number < len(arguments) - 1
        else argument
        for number, argument in enumerate(arguments)
    ]


def _has_keyword(call: cst.Call, name: str) -> bool:
    return any(found.keyword is not None and found.keyword.value == name for found in call.args)


def _only_tests_it(file: SourceFile, use: cst.Name) -> bool:
    parent = file.parent(use)
    if isinstance(parent, cst.Comparison):
        return all(
            isinstance(target.operator, (cst.Is, cst.IsNot)) and isinstance(target.comparator, cst.Name)
            and target.comparator.value == "None"
            for target in parent.comparisons
        )  # fmt: skip
    if isinstance(parent, cst.BooleanOperation):
        return parent.left is use
    return isinstance(parent, (cst.If, cst.While, cst.UnaryOperation, cst.Assert, cst.IfExp)) and (
        not isinstance(parent, cst.IfExp) or parent.test is use
    )
