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
import re
from collections.abc import Iterator

from lint_plugin.origins import Origins
from lint_plugin.rule import Hit, Module, Rule
from lint_plugin.span_calls import span_calls

# Methods that hand work to other threads, with the position of the function.
_POOLS = {
    "submit": 0, "run_in_executor": 1, "map_async": 0, "starmap_async": 0, "apply": 0, "apply_async": 0, "imap": 0,
    "imap_unordered": 0, "map": 0, "starmap": 0,
}  # fmt: skip
# These have other things by the same names, such as the tasks of Celery.
_ONLY_IN_POOLS = frozenset({"apply", "apply_async", "imap", "imap_unordered", "map", "starmap"})
_MAKERS = r"(?:\w*Executor|(?:Thread)?Pool|get_(?:running|event)_loop|new_event_loop)\Z"
_THREADS = {"threading.Thread": 1, "threading.Timer": 1, "multiprocessing.pool.ThreadPool": 9}
_CARRIERS = ("carry_context", "copy_context")
_FRESH = "contextvars.Context"


def _check(module: Module) -> Iterator[Hit]:
    starts = {id(one.node) for one in module.once(span_calls) if one.starts}
    if not starts:
        return
    origins = Origins(module)
    for node in module.statements:
        for call in _calls_in(node) if _is_traced(node, starts, origins) else ():
            what = _loses(origins, call)
            if what:
                yield Hit(
                    call,
                    f"{what} begins without the current span: wrap the function in tracing_facade.carry_context",
                )


def _is_traced(node: ast.stmt, starts: set[int], origins: Origins) -> bool:
    if isinstance(node, (ast.With, ast.AsyncWith)):
        return any(_is_started(item.context_expr, starts, origins) for item in node.items)
    decorators = node.decorator_list if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) else []
    return any(id(decorator) in starts for decorator in decorators)


def _is_started(node: ast.expr, starts: set[int], origins: Origins) -> bool:
    if isinstance(node, ast.Name):
        return any(id(call) in starts for call in origins.calls(node))
    if isinstance(node, ast.NamedExpr):
        return _is_started(node.value, starts, origins)
    if isinstance(node, ast.IfExp):
        return any(_is_started(part, starts, origins) for part in (node.body, node.orelse))
    return id(node) in starts


def _calls_in(node: ast.stmt) -> Iterator[ast.Call]:
    waiting: list[ast.AST] = list(getattr(node, "body", ()))
    while waiting:
        part = waiting.pop()
        if isinstance(part, ast.Call):
            yield part
        # What a nested function does, it does when it is called.
        if not isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            waiting.extend(ast.iter_child_nodes(part))


def _loses(origins: Origins, call: ast.Call) -> str:
    path = origins.path(call.func)
    place = _THREADS.get(path)
    if place is not None:
        target = _given(call, place, ("target", "function"))
        return f"what a {path.rpartition('.')[2]} runs" if target is not None and not _carries(origins, target) else ""
    context = next((one.value for one in call.keywords if one.arg == "context"), None)
    if context is not None and origins.are(context, _FRESH):
        return "what gets a fresh Context()"
    function = call.func
    if not isinstance(function, ast.Attribute):
        return ""
    if function.attr == "run":
        return "what a fresh Context() runs" if origins.are(function.value, _FRESH) else ""
    return f"what {function.attr} runs" if _is_in_pool(origins, function, call) else ""


def _is_in_pool(origins: Origins, function: ast.Attribute, call: ast.Call) -> bool:
    place = _POOLS.get(function.attr)
    target = _given(call, place, ("func", "fn")) if place is not None else None
    if target is None or isinstance(target, ast.Constant) or _carries(origins, target):
        return False
    made = origins.made_by(function.value)
    if not made:
        return function.attr not in _ONLY_IN_POOLS
    return any(re.search(_MAKERS, one) for one in made)


def _given(call: ast.Call, place: int, names: tuple[str, ...]) -> ast.expr | None:
    by_name = next((one.value for one in call.keywords if one.arg in names), None)
    return by_name if by_name is not None or len(call.args) <= place else call.args[place]


def _carries(origins: Origins, node: ast.AST) -> bool:
    """Tell whether a callable takes the context along: wrapped, or run in a copy of the context."""
    for part in ast.walk(node):
        if getattr(part, "id", "") in _CARRIERS or getattr(part, "attr", "") in _CARRIERS:
            return True
        if isinstance(part, ast.Attribute) and part.attr == "run" and origins.are(part.value, *_CARRIERS):
            return True
        if isinstance(part, (ast.Name, ast.Attribute)) and origins.are(part, *_CARRIERS):
            return True
    function = origins.function(node)
    return function is not None and function is not node and any(_carries(origins, part) for part in function.body)


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
        "from tracing_facade import start_span\nwith start_span('x'): browser.submit('#id'); frame.map(str)\n",
        (
            "from tracing_facade import carry_context, start_span\n"
            "with start_span('x'):\n    g = carry_context(f)\n    pool.submit(g)\n"
        ),
        "from tracing_facade import start_span\nwith start_span('x'):\n    form.submit()\n",
        (
            "import asyncio\nfrom tracing_facade import start_span\nasync def f():\n"
            "    with start_span('x'): await asyncio.to_thread(g)\n"
        ),
    ),
    rejects=(
        (
            "import threading\nfrom tracing_facade import start_span\n"
            "with start_span('x'): threading.Timer(1, f).start()\n"
        ),
        (
            "from concurrent.futures import ThreadPoolExecutor\nfrom tracing_facade import start_span\n"
            "pool = ThreadPoolExecutor()\nwith start_span('x'): pool.map(f, [1])\n"
        ),
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
