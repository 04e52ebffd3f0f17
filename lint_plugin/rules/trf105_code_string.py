"""Source text that loads a sealed module is run.

Why:
    `exec`, `eval`, `timeit` and their like run text, which no check of import statements reads. The text is followed by
    the same rules as a file.

Wrong:
    exec("from opentelemetry import trace")

Right:
    import tracing_facade as tracing
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_plugin.dataflow.facts import Kind
from lint_plugin.rule import Hit, Module, Rule


def _check(module: Module) -> Iterator[Hit]:
    seen = set()
    for fact in module.facts(Kind.CODE):
        if fact.node not in seen:
            seen.add(fact.node)
            yield Hit(
                fact.node,
                f"{fact.target} is sealed, and the text that is run here loads it: use tracing_facade instead",
            )


RULE = Rule(
    code="TRF105",
    name="code-string",
    check=_check,
    accepts=(
        "exec('import json')\n",
        "code = 'import opentelemetry'\nprint(code)\n",
        "compile('import opentelemetry', 'name', 'exec')\n",
    ),
    rejects=(
        "exec('import opentelemetry')\n",
        "t = eval(\"__import__('opentelemetry').trace\")\n",
        "code = 'import opentelemetry.trace as t'\nexec(code, {})\n",
        "import timeit\ntimeit.timeit('f()', setup='from opentelemetry import trace')\n",
    ),
)
