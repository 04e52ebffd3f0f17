"""Reads the arguments with which OpenTelemetry starts a current span, and writes those of the facade."""

from __future__ import annotations

import ast
from typing import NamedTuple

from lint_plugin.codemod.allowed_names import is_allowed
from lint_plugin.codemod.arguments import Given, given_arguments, is_constant
from lint_plugin.codemod.facts import Facts
from lint_plugin.codemod.opentelemetry_api import PARAMETERS, SPAN_KIND, START_AS_CURRENT_SPAN
from lint_plugin.codemod.value_kinds import constant_text
from lint_plugin.codemod.verdict import Refusal
from tracing_facade.registry import SpanSpec

_KINDS = ("INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER")
_DEFAULTS = (
    ("start_time", None),
    ("record_exception", True),
    ("set_status_on_exception", True),
    ("end_on_exit", True),
)


class SpanStart(NamedTuple):
    """A ``start_as_current_span(...)`` that the facade can do.

    Args:
        name: the span's name.
        text: the same, when it is a constant; else empty.
        kind: a member of ``SpanKind``.
        attributes: the first attributes; None when there are none.
        links: the links; None when there are none.
        context: where the parent comes from; None when it is the current span.
    """

    name: Given
    text: str
    kind: str
    attributes: Given | None
    links: Given | None
    context: ast.expr | None

    def declared_name(self) -> str:
        """Return the name to declare; empty for a span that needs no declaration."""
        return "" if self.kind == "INTERNAL" else self.text


def read_start(facts: Facts, call: ast.Call) -> SpanStart | Refusal:
    """Return what a call of ``start_as_current_span`` is for the facade, or why it is nothing."""
    given = given_arguments(call, PARAMETERS[START_AS_CURRENT_SPAN])
    if given is None or "name" not in given:
        return Refusal("its arguments cannot be told apart (a star, or one that is not known)")
    for option, default in _DEFAULTS:
        if not is_constant(given.get(option), default):
            return Refusal(f"{option}={facts.code(given[option].value)} has no counterpart in the facade")
    kind = _kind(facts, given.get("kind"))
    if kind is None:
        return Refusal("its kind is computed; declare a SpanSpec for each kind")
    name = given["name"]
    text = constant_text(facts, name.value)
    if kind != "INTERNAL" and text is None:
        return Refusal(f"its name is computed and it is a {kind.lower()} span; declare a SpanSpec for each name")
    if kind != "INTERNAL" and not is_allowed(SpanSpec, text or ""):
        return Refusal(f"{text!r} cannot be declared, as {kind.lower()} spans must be; take lower-case words, as a.b_c")
    context = given.get("context")
    return SpanStart(
        name,
        text or "",
        kind,
        _unless_none(given.get("attributes")),
        _unless_none(given.get("links")),
        None if context is None or is_constant(context, None) else context.value,
    )


def _kind(facts: Facts, given: Given | None) -> str | None:
    if given is None:
        return "INTERNAL"
    name = facts.origin(given.value)
    member = name.removeprefix(f"{SPAN_KIND}.")
    return member if name != member and member in _KINDS else None


def _unless_none(given: Given | None) -> Given | None:
    return None if given is None or is_constant(given, None) else given
