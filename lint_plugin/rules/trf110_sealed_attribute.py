"""An attribute chain leads to a sealed module.

Why:
    Importing a package that is not sealed, or the permitted part of one that is, opens the way to its other parts by
    attribute access. A chain that goes on to start a span is reported once, as TRF201, unless that has a lower level.

Wrong:
    import opentelemetry.metrics  # permitted

    tracer = opentelemetry.trace.get_tracer(__name__)

Right:
    import tracing_facade as tracing
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lint_plugin.dataflow.facts import Kind
from lint_plugin.levels import ERROR
from lint_plugin.rule import Hit, Module, Rule


def _check(module: Module) -> Iterator[Hit]:
    for fact in module.facts(Kind.ATTRIBUTE):
        if id(fact.node) not in module.once(_on_the_way_to_spans):
            message = f"{fact.target} is sealed: use tracing_facade instead of reaching it by attribute access"
            yield Hit(fact.node, message)


def _on_the_way_to_spans(module: Module) -> set[int]:
    """Return the identities of the nodes that start a span, and of those from which they take it."""
    found: set[int] = set()
    if module.settings.level("TRF201", module.path) not in (ERROR, module.settings.level("TRF110", module.path)):
        # Nobody would tell, or only warn.
        return found
    for fact in module.facts(Kind.SPAN):
        node: ast.AST | None = fact.node
        while node is not None and id(node) not in found:
            found.add(id(node))
            node = node.func if isinstance(node, ast.Call) else getattr(node, "value", None)
    return found


RULE = Rule(
    code="TRF110",
    name="sealed-attribute",
    check=_check,
    accepts=(
        (
            "# setting: permit = ['opentelemetry.metrics']\nimport opentelemetry.metrics\n"
            "opentelemetry.metrics.get_meter('x')\n"
        ),
        "import opentelemetry_like\nopentelemetry_like.trace.get_tracer('x')\n",
        "# setting: presets = ['sentry']\nimport sentry_sdk\nwith sentry_sdk.start_span(op='x'): ...\n",
        (
            "# setting: permit = ['opentelemetry.metrics']\nimport opentelemetry.metrics\n"
            "with opentelemetry.trace.get_tracer('x').start_as_current_span('y'): ...\n"
        ),
    ),
    rejects=(
        (
            "# setting: permit = ['opentelemetry.metrics']\nimport opentelemetry.metrics\n"
            "opentelemetry.trace.get_tracer('x')\n"
        ),
        "# setting: sealed = ['sentry_sdk.tracing']\nimport sentry_sdk\nsentry_sdk.tracing.Span()\n",
        (
            "# setting: presets = ['sentry']\n# setting: levels = ['TRF201=off .*']\nimport sentry_sdk\n"
            "with sentry_sdk.start_span(op='x'): ...\n"
        ),
        (
            "# setting: permit = ['opentelemetry.metrics']\nimport opentelemetry.metrics\n"
            "trace = opentelemetry.trace\nwith trace.get_tracer('x').start_as_current_span('y'): ...\n"
        ),
    ),
)
