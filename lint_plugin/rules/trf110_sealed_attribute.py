"""An attribute chain leads to a sealed module.

Why:
    Importing a package that is not sealed, or the permitted part of one that is, opens the way to its other parts by
    attribute access.

Wrong:
    import opentelemetry.metrics  # permitted

    tracer = opentelemetry.trace.get_tracer(__name__)

Right:
    import tracing_facade as tracing
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_plugin.dataflow.facts import Kind
from lint_plugin.rule import Hit, Module, Rule


def _check(module: Module) -> Iterator[Hit]:
    for fact in module.facts(Kind.ATTRIBUTE):
        yield Hit(fact.node, f"{fact.target} is sealed: use tracing_facade instead of reaching it by attribute access")


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
    ),
    rejects=(
        (
            "# setting: permit = ['opentelemetry.metrics']\nimport opentelemetry.metrics\n"
            "opentelemetry.trace.get_tracer('x')\n"
        ),
        "# setting: sealed = ['sentry_sdk.tracing']\nimport sentry_sdk\nsentry_sdk.tracing.Span()\n",
    ),
)
