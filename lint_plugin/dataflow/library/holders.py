"""Objects of the standard library that hold what they are given until it is asked for: queues, context variables."""

from __future__ import annotations

from collections.abc import Sequence

from lint_plugin.dataflow.concrete import MOST_ITEMS
from lint_plugin.dataflow.library.objects import record
from lint_plugin.dataflow.library.registry import handles
from lint_plugin.dataflow.run import Call, Run
from lint_plugin.dataflow.values import UNKNOWN, Constant, Value, either


def _queue(last_first: bool) -> Value:
    held: list[Value] = []

    def put(given: Sequence[Value], named: dict[str, Value]) -> Value:
        if len(held) < MOST_ITEMS:
            held.append(given[0] if given else named.get("item", UNKNOWN))
        return Constant(None)

    def get(given: Sequence[Value], named: dict[str, Value]) -> Value:
        return held.pop(-1 if last_first else 0) if held else UNKNOWN

    return record("Queue", put=put, put_nowait=put, get=get, get_nowait=get)


@handles(
    "queue.Queue", "queue.SimpleQueue", "queue.PriorityQueue", "asyncio.Queue", "multiprocessing.Queue",
    "multiprocessing.SimpleQueue",
)  # fmt: skip
def _first_in_first_out(run: Run, call: Call) -> Value:
    return _queue(last_first=False)


@handles("queue.LifoQueue", "asyncio.LifoQueue")
def _last_in_first_out(run: Run, call: Call) -> Value:
    return _queue(last_first=True)


@handles("contextvars.ContextVar")
def _context_variable(run: Run, call: Call) -> Value:
    held: list[Value] = [call.keywords["default"]] if "default" in call.keywords else []

    def put(given: Sequence[Value], named: dict[str, Value]) -> Value:
        if not run.active:
            # In a function, it may be set or not when somebody asks.
            held.clear()
        held[:] = [either([*held, *given[:1]])]
        return UNKNOWN

    def get(given: Sequence[Value], named: dict[str, Value]) -> Value:
        return either(held or given[:1] or [UNKNOWN])

    return record("ContextVar", set=put, get=get)
