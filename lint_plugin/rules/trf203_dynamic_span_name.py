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

from lint_plugin.dataflow.layout import all_parameters
from lint_plugin.dataflow.values import UNKNOWN, Constant, Text, options
from lint_plugin.rule import Hit, Module, Rule
from lint_plugin.span_calls import STARTS, name_argument
from lint_plugin.vocabulary import SPAN_STARTS

# What takes the name of a span first.
_NAMED = SPAN_STARTS | {*STARTS, "SpanSpec"}


def _check(module: Module) -> Iterator[Hit]:
    own = {f"{module.settings.facade}.{name}" for name in STARTS}
    for seen in module.run.calls_seen:
        node = seen.call.node
        if seen.path.rpartition(".")[2] not in _NAMED or not isinstance(node, ast.Call):
            continue
        written = name_argument(node)
        value = seen.call.argument(0, "name") or seen.call.argument(0, "span")
        if written is None or all(isinstance(one, Constant) for one in options(value or UNKNOWN)):
            continue
        if _is_built(written) or any(isinstance(one, Text) for one in options(value or UNKNOWN)):
            yield Hit(
                written,
                "the name of the span is put together here: declare a SpanSpec, and put the value into an attribute",
            )
        elif seen.path in own and _is_text(written, node, module):
            yield Hit(
                written, "the name of the span may be any text here: give a SpanSpec, or write the name as a literal"
            )


def _is_text(written: ast.expr, call: ast.Call, module: Module) -> bool:
    """Tell whether this is a text, of which nothing more is known: a parameter that is declared so, or a conversion."""
    if isinstance(written, ast.BoolOp):
        return any(_is_text(part, call, module) for part in written.values if not isinstance(part, ast.Constant))
    if isinstance(written, ast.IfExp):
        parts = (part for part in (written.body, written.orelse) if not isinstance(part, ast.Constant))
        return any(_is_text(part, call, module) for part in parts)
    if not isinstance(written, ast.Name):
        from lint_plugin.value_types import is_text

        return is_text(written)
    for function in module.once(_functions):
        inside = function.lineno <= call.lineno <= (function.end_lineno or function.lineno)
        for parameter in all_parameters(function.args) if inside else ():
            if parameter.arg == written.id:
                return _declares_text(parameter.annotation) and not _is_bound(written.id, function)
    return False


def _declares_text(annotation: ast.expr | None) -> bool:
    """Tell whether this annotation is ``str``, or ``str`` and ``None``."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        parts = [part.strip() for part in annotation.value.split("|")]
        return "str" in parts and set(parts) <= {"str", "None"}
    if isinstance(annotation, ast.BinOp):
        parts_of = [annotation.left, annotation.right]
        return any(map(_declares_text, parts_of)) and all(_declares_text(one) or _is_none(one) for one in parts_of)
    if isinstance(annotation, ast.Subscript):
        base = annotation.value
        return getattr(base, "attr", getattr(base, "id", "")) == "Optional" and _declares_text(annotation.slice)
    return isinstance(annotation, ast.Name) and annotation.id == "str"


def _is_none(annotation: ast.expr) -> bool:
    return isinstance(annotation, ast.Constant) and annotation.value is None


def _functions(module: Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in module.statements if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]


def _is_bound(name: str, function: ast.AST) -> bool:
    return any(
        isinstance(part, ast.Name) and part.id == name and isinstance(part.ctx, ast.Store)
        for part in ast.walk(function)
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
        "from tracing_facade import start_span\ndef f(name: str):\n    with start_span(name): ...\n",
        "from tracing_facade import start_span\ndef f(n):\n    with start_span(str(n)): ...\n",
        "from tracing_facade import start_span\ndef f(n: 'str | None'):\n    with start_span(n or 'x'): ...\n",
        "from tracing_facade import traced\ndef f(view): return traced(view.__name__)(view)\n",
        (
            "from opentelemetry import trace\nt = trace.get_tracer('a')\ndef f(n):\n"
            "    with t.start_as_current_span(f'user {n}'): ...\n"
        ),
    ),
)
