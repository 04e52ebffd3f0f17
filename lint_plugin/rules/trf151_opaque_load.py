"""It cannot be decided which module is loaded.

Why:
    A module name that comes from a file, the environment or a caller may be a sealed one. Strict mode asks for the
    names to be written down, or for a reason why it is safe.

Wrong:
    import importlib, os

    importlib.import_module(os.environ["PLUGIN"])

Right:
    PLUGINS = {"json": "app.plugins.json"}

    importlib.import_module(PLUGINS[name])
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_plugin.dataflow.facts import Kind
from lint_plugin.rule import Hit, Module, Rule


def _check(module: Module) -> Iterator[Hit]:
    for fact in module.facts(Kind.OPAQUE):
        yield Hit(
            fact.node,
            f"what {fact.how} loads here cannot be decided: choose from constants, or suppress with the reason",
        )


RULE = Rule(
    code="TRF151",
    name="opaque-load",
    check=_check,
    accepts=("import importlib\nimportlib.import_module('json')\n",),
    rejects=(
        "import importlib, os\nimportlib.import_module(os.environ['MODULE'])\n",
        "exec(open('plugin.py').read())\n",
    ),
    strict=True,
)
