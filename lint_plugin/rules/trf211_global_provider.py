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

import ast
from collections.abc import Iterator

from lint_plugin.dataflow.annotations import dotted
from lint_plugin.dataflow.values import Reference
from lint_plugin.rule import Hit, Module, Rule

_SETTERS = frozenset({"set_tracer_provider", "set_global_textmap", "set_global_response_propagator"})


def _check(module: Module) -> Iterator[Hit]:
    for seen in module.run.calls_seen:
        name = seen.path.rpartition(".")[2]
        if name in _SETTERS and module.settings.seals(seen.path):
            yield Hit(seen.call.node, f"{name} changes tracing for the whole process: configure tracing_facade instead")

    for node in module.statements if _sees_sealed(module) else ():
        for target in _targets(node):
            name = _private(module, target)
            if name:
                message = f"{name} is changed for the whole process: configure tracing_facade instead"
                yield Hit(node, message)
                break


def _sees_sealed(module: Module) -> bool:
    tops = {name.partition(".")[0] for name in module.settings.sealed}
    seen = (value.path for value in module.run.module.names.values() if isinstance(value, Reference))
    return any(path.partition(".")[0] in tops for path in seen)


def _targets(node: ast.stmt) -> list[ast.expr]:
    """Return the attributes that a statement changes."""
    targets: list[ast.expr] = []
    if isinstance(node, (ast.Assign, ast.Delete)):
        targets = node.targets
    elif isinstance(node, (ast.AugAssign, ast.AnnAssign)):
        targets = [node.target]
    return [target for target in targets if isinstance(target, ast.Attribute)]


def _private(module: Module, target: ast.expr) -> str:
    """Return the private name of a sealed module that an assignment changes, or an empty string."""
    written = dotted(target) or ""
    root, _, rest = written.partition(".")
    if not any(part.startswith("_") for part in rest.split(".")):
        return ""
    origin = module.run.module.names.get(root)
    path = f"{origin.path}.{rest}" if isinstance(origin, Reference) else ""
    return path if path and module.settings.seals(path) else ""


RULE = Rule(
    code="TRF211",
    name="global-provider",
    check=_check,
    accepts=("def set_tracer_provider(p): ...\nset_tracer_provider(1)\n",),
    rejects=(
        "from opentelemetry import trace\ntrace.set_tracer_provider(object())\n",
        "from opentelemetry.propagate import set_global_textmap as s\ns(None)\n",
        "from opentelemetry import trace\ntrace._TRACER_PROVIDER_SET_ONCE._done = False\n",
    ),
)
