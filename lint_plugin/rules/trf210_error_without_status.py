"""An error is recorded as an attribute or event, without the status of the span.

Why:
    Whoever looks for failed requests asks for the status. An attribute `error` or an event `exception` of one's own
    leaves it unset, and its name differs from program to program. `record_error` does both, as the conventions want it.

Wrong:
    except PaymentError as error:
        span.set_attribute("error", str(error))

Right:
    except PaymentError as error:
        span.record_error(error)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lint_plugin.parents import Parents, parents_of
from lint_plugin.rule import Hit, Module, Rule
from lint_plugin.span_calls import attributes_of, event_name, span_calls

_KEYS = frozenset(
    {
        "error",
        "error.message",
        "error.stack",
        "exception",
        "exception.type",
        "exception.message",
        "exception.stacktrace",
    }
)
_SETTERS = ("record_error", "set_status")
_TELLERS = ("add_event", "set_attribute", "set_attributes", "start_span")
_EVENTS = frozenset({"error", "exception"})


def _check(module: Module) -> Iterator[Hit]:
    calls = [one for one in module.once(span_calls) if one.method in (*_SETTERS, *_TELLERS)]
    if not any(one.method in _TELLERS for one in calls):
        return
    parents = parents_of(module.tree)
    decided = {_block(one.node, parents) for one in calls if one.method in _SETTERS}
    for one in calls:
        if one.told_inside or one.method in _SETTERS or _block(one.node, parents) in decided:
            continue
        if one.method == "add_event" and event_name(one) in _EVENTS:
            yield Hit(one.node, f"the event {event_name(one)!r} leaves the status of the span unset: use record_error")
            continue
        for attribute in attributes_of(one):
            if attribute.key in _KEYS:
                yield Hit(
                    attribute.node,
                    f"the attribute {attribute.key!r} leaves the status of the span unset: use record_error",
                )


def _block(node: ast.AST, parents: Parents) -> ast.AST | None:
    """Return the handler of an exception in which something stands, or else the function."""
    around: ast.AST | None = node
    while around is not None and not isinstance(around, (ast.ExceptHandler, ast.FunctionDef, ast.AsyncFunctionDef)):
        around = parents.get(around)
    return around


RULE = Rule(
    code="TRF210",
    name="error-without-status",
    check=_check,
    accepts=(
        "from tracing_facade import current_span\ndef f(e): current_span().record_error(e)\n",
        "from tracing_facade import current_span\ncurrent_span().set_attribute('error.type', 'timeout')\n",
        (
            "from tracing_facade import current_span\ndef f(e):\n    span = current_span()\n"
            "    span.set_attribute('error.message', str(e))\n    span.set_status('error')\n"
        ),
    ),
    rejects=(
        "from tracing_facade import current_span\ndef f(e): current_span().set_attribute('error', str(e))\n",
        (
            "from tracing_facade import current_span\n"
            "def f(e): current_span().add_event('exception', {'exception.message': str(e)})\n"
        ),
    ),
)
