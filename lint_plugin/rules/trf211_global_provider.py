"""The global tracer provider or propagator of OpenTelemetry is set.

Why:
    There is one for the whole process, and the facade has set it: whoever sets another takes every third-party span out
    of the policy, or trusts callers that nobody decided to trust.

Wrong:
    from opentelemetry import trace

    trace.set_tracer_provider(TracerProvider())

Right:
    import tracing_facade as tracing

    tracing.configure()
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_plugin.rule import Hit, Module, Rule

_SETTERS = frozenset({"set_tracer_provider", "set_global_textmap", "set_global_response_propagator"})


def _check(module: Module) -> Iterator[Hit]:
    for seen in module.run.calls_seen:
        name = seen.path.rpartition(".")[2]
        if name in _SETTERS and module.settings.seals(seen.path):
            yield Hit(seen.call.node, f"{name} changes tracing for the whole process: configure tracing_facade instead")


RULE = Rule(
    code="TRF211",
    name="global-provider",
    check=_check,
    accepts=("def set_tracer_provider(p): ...\nset_tracer_provider(1)\n",),
    rejects=(
        "from opentelemetry import trace\ntrace.set_tracer_provider(object())\n",
        "from opentelemetry.propagate import set_global_textmap as s\ns(None)\n",
    ),
)
