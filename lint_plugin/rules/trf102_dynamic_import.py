"""A sealed module is imported by a function.

Why:
    `importlib.import_module`, `__import__`, `pydoc.locate` and their like import as an import statement does, past
    every check of import statements. The name is followed through variables, wrappers and built strings, so that it
    makes no difference how it is written.

Wrong:
    import importlib

    trace = importlib.import_module("opentelemetry" + ".trace")

Right:
    import tracing_facade as tracing
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_plugin.dataflow.facts import Kind
from lint_plugin.rule import Hit, Module, Rule


def _check(module: Module) -> Iterator[Hit]:
    for fact in module.facts(Kind.DYNAMIC):
        yield Hit(fact.node, f"{fact.target} is sealed, and {fact.how} imports it here: use tracing_facade instead")
    if not module.is_test:
        for fact in module.facts(Kind.PATCH):
            yield Hit(
                fact.node,
                f"{fact.target} is sealed, and {fact.how} imports it here: replace a part of your own code instead",
            )


RULE = Rule(
    code="TRF102",
    name="dynamic-import",
    check=_check,
    accepts=(
        "import importlib\nimportlib.import_module('json')\n",
        "import importlib\nname = 'opentelemetry'\nname = 'json'\nimportlib.import_module(name)\n",
        "class Loader:\n    def import_module(self, name): ...\n\nLoader().import_module('opentelemetry')\n",
        "import importlib\nimportlib.import_module('.opentelemetry', __name__)\n",
        "import importlib.util\nfound = importlib.util.find_spec('opentelemetry') is not None\n",
        "from unittest.mock import patch\n\ndef test_it():\n    with patch('opentelemetry.trace.get_tracer'): ...\n",
    ),
    rejects=(
        "import importlib\nimportlib.import_module('opentelemetry.trace')\n",
        "__import__('opentelemetry')\n",
        "from importlib import import_module as load\nload(name='opentelemetry.' + part)\n",
        "import importlib\n\ndef load(name):\n    return importlib.import_module(name)\n\nload('opentelemetry')\n",
        "import builtins\ngetattr(builtins, '__imp' + 'ort__')('yrtemeletnepo'[::-1])\n",
        "import importlib.util as u\nspec = u.find_spec('opentelemetry.trace')\nu.module_from_spec(spec)\n",
        "from unittest.mock import patch\n\nwith patch('opentelemetry.trace.get_tracer'): ...\n",
    ),
)
