"""A span is started, but never entered.

Why:
    A span lasts as long as its `with` block: without one it is never current, never ends and is never exported. Handing
    it on to something that enters it, or returning it, is fine.

Wrong:
    span = tracing.start_span(CHECKOUT)
    charge(card)

Right:
    with tracing.start_span(CHECKOUT):
        charge(card)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lint_plugin.dataflow.run import Call
from lint_plugin.parents import parents_of
from lint_plugin.rule import Hit, Module, Rule
from lint_plugin.span_calls import span_calls

if TYPE_CHECKING:
    from lint_plugin.uses import Uses


def _check(module: Module) -> Iterator[Hit]:
    starts: list[ast.Call] = [one.node for one in module.once(span_calls) if one.starts]
    if not starts:
        return
    from lint_plugin.uses import Uses

    uses = Uses(parents_of(module.tree))
    for node in (*starts, *_handed_back(module, uses)):
        if not uses.lead_on(node):
            yield Hit(node, "the span is never entered, so it never ends: use it in a `with` statement")


def _handed_back(module: Module, uses: Uses) -> Iterator[ast.Call]:
    """Yield the calls of functions of the file that start a span and do nothing with it but return it."""
    started = f"{module.settings.facade}.start_span()"
    for node, value in module.run.handed_back:
        begun = value.origin.node if isinstance(value.origin, Call) and value.path == started else None
        if isinstance(node, ast.Call) and isinstance(begun, ast.Call) and node is not begun and uses.only_return(begun):
            yield node


RULE = Rule(
    code="TRF202",
    name="span-not-entered",
    check=_check,
    accepts=(
        "from tracing_facade import start_span\nwith start_span('x') as span: ...\n",
        "from tracing_facade import start_span\ndef f(): return start_span('x')\n",
        "from tracing_facade import start_span\ndef f(stack): stack.enter_context(start_span('x'))\n",
        "from tracing_facade import start_span\ndef f():\n    span = start_span('x')\n    with span: ...\n",
    ),
    rejects=(
        "from tracing_facade import start_span\nstart_span('x')\n",
        "import tracing_facade as t\ndef f():\n    span = t.start_span('x')\n    span.set_attribute('k', 1)\n",
        "from tracing_facade import start_span\nspan = start_span('x').__enter__()\n",
        "from tracing_facade import start_span\ndef begin(): return start_span('x')\ndef f(): begin()\n",
    ),
)
