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

# Methods that hand work to other threads, with the position of the function; `map` does so only in a pool.
_POOLS = {"submit": 0, "run_in_executor": 1, "apply_async": 0, "map_async": 0, "starmap_async": 0, "map": 0}
_ONLY_IN_POOLS = frozenset({"map"})
_MAKERS = r"(?:\w*Executor|(?:Thread)?Pool|get_(?:running|event)_loop|new_event_loop)\Z"
_THREADS = {"threading.Thread": 1, "threading.Timer": 1, "multiprocessing.pool.ThreadPool": 9}
_CARRIERS = ("carry_context", "copy_context")


def _check(module: Module) -> Iterator[Hit]:
    starts = {id(one.node) for one in module.once(span_calls) if one.starts}
    if not starts:
        return
    origins = Origins(module)
    for node in module.statements:
        for call in _calls_in(node) if _is_traced(node, starts) else ():
            what = _loses(origins, call)
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


def _loses(origins: Origins, call: ast.Call) -> str:
    path = origins.path(call.func)
    place = _THREADS.get(path)
    if place is not None:
        target = _given(call, place, ("target", "function"))
        return f"what a {path.rpartition('.')[2]} runs" if target is not None and not _carries(origins, target) else ""
    function = call.func
    if not isinstance(function, ast.Attribute):
        return ""
    if function.attr == "run":
        made = origins.made_by(function.value)
        return "what a fresh Context() runs" if made and all(one == "contextvars.Context" for one in made) else ""
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


def _carries(origins: Origins, node: ast.expr) -> bool:
    made = origins.made_by(node)
    if made and all(one.rpartition(".")[2] in _CARRIERS for one in made):
        return True
    written = {getattr(part, "id", "") or getattr(part, "attr", "") for part in ast.walk(node)}
    return not written.isdisjoint(_CARRIERS)


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
