"""The name of a span is put together at run time.

Why:
    Names are counted, searched and promised: one with an id, a path or a value in it makes a new span for every
    request. The value belongs into an attribute.

Wrong:
    with tracing.start_span(f"order {order.id}"):
        ...

Right:
    with tracing.start_span(ORDER, {"order.id": order.id}):
        ...
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lint_plugin.dataflow.values import Constant, Text
from lint_plugin.rule import Hit, Module, Rule
from lint_plugin.span_calls import STARTS, name_argument
from lint_plugin.vocabulary import SPAN_STARTS

# What takes the name of a span first.
_NAMED = SPAN_STARTS | {*STARTS, "SpanSpec"}


def _check(module: Module) -> Iterator[Hit]:
    for seen in module.run.calls_seen:
        node = seen.call.node
        if seen.path.rpartition(".")[2] not in _NAMED or not isinstance(node, ast.Call):
            continue
        written = name_argument(node)
        value = seen.call.argument(0, "name") or seen.call.argument(0, "span")
        if written is not None and not isinstance(value, Constant) and (_is_built(written) or isinstance(value, Text)):
            yield Hit(
                written,
                "the name of the span is put together here: declare a SpanSpec, and put the value into an attribute",
            )


def _is_built(node: ast.expr) -> bool:
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    return isinstance(node, ast.BinOp) and any(
        isinstance(part, (ast.JoinedStr, ast.Constant)) for part in ast.walk(node)
    )


RULE = Rule(
    code="TRF203",
    name="dynamic-span-name",
    check=_check,
    accepts=(
        "from tracing_facade import start_span\nwith start_span('x'): ...\n",
        "from tracing_facade import start_span\nNAME = 'a' + '.b'\nwith start_span(NAME): ...\n",
        "from tracing_facade import start_span\ndef f(spec):\n    with start_span(spec): ...\n",
        "from tracing_facade import start_span\nwith start_span(f'x'): ...\n",
    ),
    rejects=(
        "from tracing_facade import start_span\ndef f(n):\n    with start_span(f'order {n}'): ...\n",
        "from tracing_facade import traced\ndef f(n): return traced('order ' + n)\n",
        "from tracing_facade import SpanSpec\ndef f(n): return SpanSpec('order %s' % n)\n",
        (
            "from opentelemetry import trace\nt = trace.get_tracer('a')\ndef f(n):\n"
            "    with t.start_as_current_span(f'user {n}'): ...\n"
        ),
    ),
)
