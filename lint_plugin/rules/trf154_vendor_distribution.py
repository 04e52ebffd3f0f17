"""A package is imported that sets OpenTelemetry up by itself.

Why:
    Distributions of vendors install a tracer provider and instrumentation of their own, whose spans know nothing of the
    policy. They belong into the one module that sets tracing up, if anywhere.

Wrong:
    from azure.monitor.opentelemetry import configure_azure_monitor

    configure_azure_monitor()

Right:
    import tracing_facade as tracing

    tracing.configure()
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_plugin.rule import Hit, Module, Rule
from lint_plugin.settings import below
from lint_plugin.statements import import_statements, imported
from lint_plugin.vocabulary import VENDORS


def _check(module: Module) -> Iterator[Hit]:
    for node in import_statements(module.statements):
        for name in imported(node):
            if below(name, VENDORS):
                yield Hit(node, f"{name} sets up OpenTelemetry past the facade: configure tracing_facade instead")
                break


RULE = Rule(
    code="TRF154",
    name="vendor-distribution",
    check=_check,
    accepts=("import azure.storage\n",),
    rejects=("from azure.monitor.opentelemetry import configure_azure_monitor\n",),
    strict=True,
)
