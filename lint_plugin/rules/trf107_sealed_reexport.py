"""A sealed name is taken from a module that passes it on.

Why:
    A module that may import the library, such as the seal itself, is not meant to hand it to others: `from app.tracing
    import trace` is an import of the library with one step in between. Names are followed through all files.

Wrong:
    from app.tracing import trace  # app/tracing.py is allowed to import OpenTelemetry

Right:
    from app.tracing import start_order_span  # a function of its own
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_plugin.dataflow.facts import Kind
from lint_plugin.rule import Hit, Module, Rule


def _check(module: Module) -> Iterator[Hit]:
    for fact in module.facts(Kind.REEXPORT):
        yield Hit(
            fact.node, f"{fact.target} is {fact.how}, which is sealed: have that module offer a function of its own"
        )


RULE = Rule(
    code="TRF107",
    name="sealed-reexport",
    check=_check,
    accepts=(
        (
            "# setting: allow = ['app/tel.py']\n# file: app/tel.py\n"
            "from opentelemetry import trace as _t\n\ndef span(name): return _t.get_tracer('x')\n"
            "# file: app/x.py\nfrom app.tel import span\n"
        ),
        "# file: app/opentelemetry.py\ndef setup(): ...\n# file: app/x.py\nfrom app.opentelemetry import setup\n",
    ),
    rejects=(
        (
            "# setting: allow = ['app/tel.py']\n# file: app/tel.py\nfrom opentelemetry import trace\n"
            "# file: app/x.py\nfrom .tel import trace\n"
        ),
        (
            "# setting: allow = ['app/tel.py']\n# file: app/tel.py\n"
            "from opentelemetry import trace as _t\n# file: app/x.py\nfrom app import tel\n"
            "tel._t.get_tracer('x')\n"
        ),
        (
            "# setting: allow = ['src/app/tel.py']\n# file: src/app/tel.py\n"
            "from opentelemetry import trace\n# file: src/app/x.py\nfrom app.tel import *\n"
        ),
    ),
)
