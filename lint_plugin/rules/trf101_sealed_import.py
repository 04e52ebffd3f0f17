"""A sealed module is imported.

Why:
    Spans that are started past the facade escape its policy: undeclared names, unredacted values, untrusted parents.
    The facade can only be the single way if nothing else imports the library behind it.

Wrong:
    from opentelemetry import trace

    tracer = trace.get_tracer(__name__)
    with tracer.start_as_current_span("checkout"):
        ...

Right:
    import tracing_facade as tracing

    with tracing.start_span(CHECKOUT):
        ...
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lint_plugin.rule import Hit, Module, Rule
from lint_plugin.statements import import_statements, imported


def _check(module: Module) -> Iterator[Hit]:
    for node in import_statements(module.statements) if module.names_sealed else ():
        for name in imported(node):
            if module.settings.seals(name):
                yield Hit(node, _message(name))
                break
        else:
            name = _brought(module, node)
            if name:
                yield Hit(node, _message(name))


def _brought(module: Module, node: ast.stmt) -> str:
    """Return the first sealed name that a star import brings, from a package that is not sealed itself."""
    if not isinstance(node, ast.ImportFrom) or node.level or node.names[0].name != "*":
        return ""
    return next((name for name in module.settings.sealed if name.rpartition(".")[0] == node.module), "")


def _message(name: str) -> str:
    return (
        f"{name} is sealed: use tracing_facade instead, or add this file to `allow` in [tool.tracing-facade] "
        "if it belongs to the seal"
    )


RULE = Rule(
    code="TRF101",
    name="sealed-import",
    check=_check,
    accepts=(
        "import tracing_facade as tracing\n",
        "from . import opentelemetry\n",
        "from .opentelemetry import trace\n",
        "import opentelemetry_like\n",
        "name = 'opentelemetry'\n",
        "# import opentelemetry\n",
    ),
    rejects=(
        "import opentelemetry\n",
        "import os, opentelemetry.trace as t, sys\n",
        "from opentelemetry import trace\n",
        "from opentelemetry.trace import *\n",
        "from opentelemetry \\\n    import trace\n",
        "from opentelemetry.trace import (\n    Span,\n    Status,\n)\n",
        "def f():\n    import opentelemetry.context as c\n",
        "try:\n    from opentelemetry import trace\nexcept ImportError:\n    trace = None\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from opentelemetry.trace import Span\n",
        "import \uff4fpentelemetry\n",
        "lazy import opentelemetry.trace\n",
        "print 'of another age'\nimport opentelemetry\n",
        "# setting: presets = ['sentry']\nfrom sentry_sdk import *\n",
    ),
)
