"""It is asked whether a sealed module is installed or loaded.

Why:
    Code that behaves differently when the library is there depends on it. The facade works the same with and without.

Wrong:
    import importlib.util

    HAVE_TRACING = importlib.util.find_spec("opentelemetry") is not None

Right:
    import tracing_facade as tracing
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_plugin.dataflow.facts import Kind
from lint_plugin.rule import Hit, Module, Rule


def _check(module: Module) -> Iterator[Hit]:
    used = {fact.node for fact in module.facts(Kind.DYNAMIC)}
    for fact in module.facts(Kind.PROBE):
        if fact.node not in used:
            yield Hit(
                fact.node,
                f"{fact.target} is sealed: do not ask for it, since tracing_facade works with it and without",
            )


RULE = Rule(
    code="TRF152",
    name="sealed-probe",
    check=_check,
    accepts=("import importlib.util\nimportlib.util.find_spec('json')\n",),
    rejects=(
        "import importlib.util\nHAVE = importlib.util.find_spec('opentelemetry') is not None\n",
        "import sys\nif 'opentelemetry' in sys.modules: ...\n",
    ),
    strict=True,
)
