"""A span is started by another tracer than the facade.

Why:
    Such a span has no declaration: nobody checked its name and its attributes, and redaction does not know it. What
    counts is where the tracer comes from, not what it is called: through aliases, attributes, parameters with a type
    and partial application.

Wrong:
    from opentelemetry import trace

    tracer = trace.get_tracer(__name__)
    with tracer.start_as_current_span("checkout"):
        ...

Right:
    import tracing_facade as tracing

    with tracing.start_span(CHECKOUT):
        ...
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_plugin.dataflow.facts import Kind
from lint_plugin.rule import Hit, Module, Rule


def _check(module: Module) -> Iterator[Hit]:
    told = set()
    for fact in module.facts(Kind.SPAN):
        if id(fact.node) in told:
            continue  # by several tracers, depending on who calls
        told.add(id(fact.node))
        tracer = fact.target.partition("(")[0]
        yield Hit(fact.node, f"{fact.how} of {tracer} starts a span past the facade: use tracing_facade.start_span")
    for fact in module.facts(Kind.LIKELY_SPAN):
        if id(fact.node) in told:
            continue
        yield Hit(
            fact.node,
            f"{fact.how} may start a span past the facade: annotate the receiver, or use tracing_facade.start_span",
            strict=True,
        )


RULE = Rule(
    code="TRF201",
    name="span-past-facade",
    check=_check,
    accepts=(
        "from tracing_facade import start_span\nwith start_span('x'): ...\n",
        "class Report:\n    def start_span(self, n): ...\n    def go(self): self.start_span('x')\n",
        "from opentelemetry import trace\ndef f(trace): return trace.start_span('x')\n",
        "def f(tracer): return tracer.start_span('x')\n",
    ),
    rejects=(
        "# setting: presets = ['sentry']\nimport sentry_sdk\nwith sentry_sdk.start_span(op='x'): ...\n",
        (
            "from opentelemetry import trace\ntracer = trace.get_tracer(__name__)\n"
            "with tracer.start_as_current_span('x') as span: ...\n"
        ),
        (
            "from opentelemetry import trace\nclass A:\n    def __init__(self):\n"
            "        self._tracer = trace.get_tracer(__name__)\n    def f(self):\n"
            "        with self._tracer.start_as_current_span('x'): ...\n"
        ),
        "from opentelemetry import trace\ngo = trace.get_tracer('a').start_as_current_span\nwith go('x'): ...\n",
        (
            "def f(tracer: 'Tracer'):\n    with tracer.start_as_current_span('x'): ...\n"
            "from opentelemetry.trace import Tracer\n"
        ),
    ),
)
