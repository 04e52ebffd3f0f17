"""A sealed module is taken out of sys.modules, or put into it.

Why:
    The facade has loaded the library, so `sys.modules` holds it: whoever takes it from there has imported it. Whoever
    replaces it there changes what the facade uses. Tests may put a stand-in there.

Wrong:
    import sys

    trace = sys.modules["opentelemetry.trace"]

Right:
    import tracing_facade as tracing
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_plugin.dataflow.facts import Kind
from lint_plugin.rule import Hit, Module, Rule


def _check(module: Module) -> Iterator[Hit]:
    for fact in module.facts(Kind.MODULES):
        yield Hit(fact.node, f"{fact.target} is sealed, and {fact.how} takes it here: use tracing_facade instead")
    for fact in module.facts(Kind.STUB):
        message = f"{fact.target} is sealed, and {fact.how} replaces it everywhere: leave it alone outside of tests"
        yield Hit(fact.node, message, strict=module.is_test)


RULE = Rule(
    code="TRF104",
    name="sys-modules",
    check=_check,
    accepts=(
        "import sys\nthis = sys.modules[__name__]\n",
        "import sys\nloaded = 'opentelemetry' in sys.modules\n",
        "modules = {}\nmodules['opentelemetry'] = 1\n",
        "import sys\n\ndef test_it():\n    sys.modules['opentelemetry'] = None\n",
    ),
    rejects=(
        "import sys\nt = sys.modules['opentelemetry.trace']\n",
        "from sys import modules as m\nm.get('opentelemetry')\n",
        "import sys\nvars(sys)['modules']['opentelemetry']\n",
        "import sys\nt = next(m for n, m in sys.modules.items() if n.startswith('opentelemetry'))\n",
        "import sys\nsys.modules['opentelemetry'] = None\n",
    ),
)
