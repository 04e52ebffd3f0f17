"""A private name of the facade is used.

Why:
    Behind its private names the facade holds the library that is sealed, and it may change them in any release. What is
    missing among the public names is a request to the facade, not a reason to reach in.

Wrong:
    from tracing_facade._otel import trace

Right:
    import tracing_facade as tracing
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_plugin.dataflow.facts import Kind
from lint_plugin.rule import Hit, Module, Rule


def _check(module: Module) -> Iterator[Hit]:
    for fact in module.facts(Kind.PRIVATE):
        yield Hit(fact.node, f"{fact.target} is private to the facade: use its public names")


RULE = Rule(
    code="TRF108",
    name="facade-internals",
    check=_check,
    accepts=(
        "from tracing_facade import start_span, current_span\n",
        "import tracing_facade\nversion = tracing_facade.__version__\n",
        "_otel = 1\n",
    ),
    rejects=(
        "from tracing_facade._otel import trace\n",
        "import tracing_facade._engine\n",
        "import tracing_facade as tf\nx = tf.__dict__['_otel']\n",
        "import tracing_facade as tf\nx = getattr(tf, '_' + 'otel')\n",
        "import operator, tracing_facade as tf\nx = operator.attrgetter('_otel.trace')(tf)\n",
        "import importlib\nimportlib.import_module('tracing_facade._otel')\n",
    ),
)
