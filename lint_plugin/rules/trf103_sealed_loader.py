"""A sealed module is run, or loaded from its file.

Why:
    `runpy`, `imp` and loaders of files run the code of a module without importing it, which is another way to the
    library behind the facade.

Wrong:
    import runpy

    runpy.run_module("opentelemetry.instrumentation.auto_instrumentation")

Right:
    import tracing_facade as tracing

    tracing.configure()
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_plugin.dataflow.facts import Kind
from lint_plugin.rule import Hit, Module, Rule


def _check(module: Module) -> Iterator[Hit]:
    for fact in module.facts(Kind.LOADER):
        yield Hit(fact.node, f"{fact.target} is sealed, and {fact.how} loads it here: use tracing_facade instead")


RULE = Rule(
    code="TRF103",
    name="sealed-loader",
    check=_check,
    accepts=(
        "import runpy\nrunpy.run_module('json.tool')\n",
        "import runpy\nrunpy.run_path('scripts/opentelemetry.py')\n",
    ),
    rejects=(
        "import runpy\nrunpy.run_module('opentelemetry.trace')\n",
        "import imp\nimp.find_module('opentelemetry')\n",
        "import runpy\nrunpy.run_path('/usr/lib/site-packages/opentelemetry/trace/__init__.py')\n",
    ),
)
