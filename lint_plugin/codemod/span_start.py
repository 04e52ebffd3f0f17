"""Translates the arguments with which OpenTelemetry starts a span."""

from __future__ import annotations

from typing import NamedTuple

import libcst as cst

from lint_plugin.codemod.plan import Plan
from lint_plugin.codemod.source_file import SourceFile, argument, takes_only

_KINDS = {
    f"{module}.SpanKind.{kind}": kind
    for module in ("opentelemetry.trace", "opentelemetry.trace.span")
    for kind in ("INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER")
}
_ARGUMENTS = ("name", "context", "kind", "attributes", "links", "start_time", "record_exception",
              "set_status_on_exception", "end_on_exit")  # fmt: skip
_DEFAULTS = {"record_exception": "True", "set_status_on_exception": "True", "end_on_exit": "True", "start_time": "None"}


class SpanStart(NamedTuple):
    """A started span in terms of the facade."""

    span: cst.BaseExpression
    """A name, or a declaration."""
    attributes: cst.BaseExpression | None
    links: cst.BaseExpression | None
    context: cst.BaseExpression | None

    def call(self, plan: Plan) -> cst.Call:
        """Return ``tracing.start_span(...)``."""
        arguments = [cst.Arg(self.span)]
        if self.attributes is not None:
            arguments.append(cst.Arg(self.attributes))
        if self.links is not None:
            equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
            arguments.append(cst.Arg(self.links, keyword=cst.Name("links"), equal=equal))
        return cst.Call(plan.name("start_span"), with_commas(arguments))


def with_commas(arguments: list[cst.Arg]) -> list[cst.Arg]:
    """Return arguments with a comma and a space between them."""
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    last = len(arguments) - 1
    return [found.with_changes(comma=comma) if number < last else found for number, found in enumerate(arguments)]


def translate(file: SourceFile, plan: Plan, call: cst.Call) -> SpanStart | str:
    """Return what a ``start_as_current_span(...)`` is in terms of the facade, or why it is not."""
    if not takes_only(call, len(_ARGUMENTS), *_ARGUMENTS):
        return "its arguments cannot be told apart (a star, or an argument that is not known)"
    given = {name: argument(call, position, name) for position, name in enumerate(_ARGUMENTS)}
    for name, default in _DEFAULTS.items():
        value = given[name]
        if value is not None and not (isinstance(value, cst.Name) and value.value == default):
            return f"{name}={file.code(value)} has no counterpart in the facade"
    name_node = given["name"]
    if not isinstance(name_node, cst.SimpleString) or name_node.prefix.lower() not in ("", "u"):
        return "the span's name is not a literal; declare the span, with what varies in an attribute"
    kind = _kind(file, given["kind"])
    if kind is None:
        return "the span's kind is not one of SpanKind's members by name"
    span = _span(plan, name_node, kind)
    return SpanStart(
        span, _none_if_none(given["attributes"]), _none_if_none(given["links"]), _none_if_none(given["context"])
    )


def _span(plan: Plan, name: cst.SimpleString, kind: str) -> cst.BaseExpression:
    if kind == "INTERNAL":
        return name
    code = f"{plan.facade}.SpanSpec({name.value}, kind={plan.facade}.SpanKind.{kind})"
    return cst.Name(plan.constant(str(name.evaluated_value), code))


def _kind(file: SourceFile, node: cst.BaseExpression | None) -> str | None:
    return "INTERNAL" if node is None else _KINDS.get(file.origin(node))


def _none_if_none(node: cst.BaseExpression | None) -> cst.BaseExpression | None:
    return None if isinstance(node, cst.Name) and node.value == "None" else node
