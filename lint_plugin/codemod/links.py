"""Links of a new span to spans of this file: ``Link(span.get_span_context())`` becomes the span itself."""

from __future__ import annotations

import ast

from lint_plugin.codemod.arguments import given_arguments, is_constant
from lint_plugin.codemod.opentelemetry_api import LINK, PARAMETERS, SPAN
from lint_plugin.codemod.spans import Spans


def linked_spans(links: ast.expr, spans: Spans) -> list[tuple[ast.expr, ast.expr]]:
    """Return the elements of a list of links with the spans of this file that they link to.

    Nothing is returned when any element is another link: then all stay as they are, and the facade takes them so.
    """
    elements = links.elts if isinstance(links, (ast.List, ast.Tuple)) else []
    found = [(element, span) for element in elements if (span := _linked(element, spans)) is not None]
    return found if len(found) == len(elements) else []


def _linked(element: ast.expr, spans: Spans) -> ast.expr | None:
    """Return the span to which an element links."""
    facts = spans.facts
    if not isinstance(element, ast.Call) or facts.origin(element.func) != LINK:
        return None
    given = given_arguments(element, PARAMETERS[LINK])
    if given is None or "context" not in given or not is_constant(given.get("attributes"), None):
        return None
    context = given["context"].value
    if not isinstance(context, ast.Call) or facts.target(context) != f"{SPAN}.get_span_context":
        return None
    span = context.func.value if isinstance(context.func, ast.Attribute) else None
    if not isinstance(span, ast.Name) or spans.problem_of_value(span) is not None:
        return None
    return span
