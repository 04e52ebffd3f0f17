"""Work is handed to another thread without the current span.

Why:
    A thread pool, a thread and a fresh `Context()` begin without a span: what they start becomes a trace of its own.
    Inside of a span the function must be wrapped, so that it takes the context along.

Wrong:
    with tracing.start_span(CHECKOUT):
        pool.submit(charge, card)

Right:
    with tracing.start_span(CHECKOUT):
        pool.submit(tracing.carry_context(charge), card)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lint_plugin.rule import Hit, Module, Rule
from lint_plugin.span_calls import span_calls
from lint_plugin.statements import statements

_POOLS = ("submit", "run_in_executor", "apply_async", "map_async")


def _check(module: Module) -> Iterator[Hit]:
    if not any(one.starts for one in module.once(span_calls)):
        return
    starts = {id(one.node) for one in module.once(span_calls) if one.starts}
    for node in statements(module.tree):
        if _is_traced(node, starts):
            for call in _calls_in(node):
                what = _loses(module, call)
                if what:
                    yield Hit(
                        call,
                        f"{what} begins without the current span: wrap the function in tracing_facade.carry_context",
                    )


def _is_traced(node: ast.stmt, starts: set[int]) -> bool:
    if isinstance(node, (ast.With, ast.AsyncWith)):
        return any(id(item.context_expr) in starts for item in node.items)
    decorators = node.decorator_list if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) else []
    return any(id(decorator) in starts for decorator in decorators)


def _calls_in(node: ast.stmt) -> Iterator[ast.Call]:
    waiting: list[ast.AST] = list(getattr(node, "body", ()))
    while waiting:
        part = waiting.pop()
        if isinstance(part, ast.Call):
            yield part
        # What a nested function does, it does when it is called.
        if not isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            waiting.extend(ast.iter_child_nodes(part))


def _loses(module: Module, call: ast.Call) -> str:
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    target = next((one.value for one in call.keywords if one.arg == "target"), None)
    if name == "Thread" and target is not None:
        return "" if _carries(target) else "the thread"
    if isinstance(function, ast.Attribute) and name in _POOLS and call.args:
        place = 1 if name == "run_in_executor" else 0
        return "" if len(call.args) <= place or _carries(call.args[place]) else f"what {name} runs"
    if isinstance(function, ast.Attribute) and name == "run" and isinstance(function.value, ast.Call):
        made = function.value.func
        fresh = made.attr if isinstance(made, ast.Attribute) else getattr(made, "id", "")
        return "what a fresh Context() runs" if fresh == "Context" else ""
    return ""


def _carries(node: ast.expr) -> bool:
    return any("carry_context" in (getattr(part, "id", ""), getattr(part, "attr", "")) for part in ast.walk(node))


RULE = Rule(
    code="TRF212",
    name="lost-context",
    check=_check,
    accepts=(
        (
            "from tracing_facade import carry_context, start_span\n"
            "with start_span('x'): pool.submit(carry_context(f), 1)\n"
        ),
        "pool.submit(f, 1)\n",
        "from tracing_facade import start_span\nwith start_span('x'):\n    form.submit()\n",
        (
            "import asyncio\nfrom tracing_facade import start_span\nasync def f():\n"
            "    with start_span('x'): await asyncio.to_thread(g)\n"
        ),
    ),
    rejects=(
        "from tracing_facade import start_span\nwith start_span('x'): pool.submit(f, 1)\n",
        (
            "import threading\nfrom tracing_facade import traced\n@traced('x')\n"
            "def f(): threading.Thread(target=g).start()\n"
        ),
        (
            "import contextvars\nfrom tracing_facade import start_span\n"
            "with start_span('x'): contextvars.Context().run(f)\n"
        ),
    ),
)
