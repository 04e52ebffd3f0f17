"""A key has a hyphen or a space in it.

Why:
    Keys are dotted words with underscores (OpenTelemetry specification, attribute naming). Query languages read a
    hyphen as a minus and end a name at a space. Keys of HTTP headers are made from the headers' names, and may have
    hyphens.

Wrong:
    span.set_attribute("order-total", total)

Right:
    span.set_attribute("order.total", total)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lint_plugin.dataflow.values import Constant
from lint_plugin.rule import Hit, Module, Rule
from lint_plugin.span_calls import attributes_of, span_calls

_HEADERS = ("http.request.header.", "http.response.header.", "rpc.request.metadata.", "rpc.response.metadata.")


def _check(module: Module) -> Iterator[Hit]:
    for one in module.once(span_calls):
        for attribute in attributes_of(one) if not one.told_inside else ():
            if _is_malformed(attribute.key):
                yield Hit(attribute.node, _message(attribute.key))
    for seen in module.run.calls_seen:
        key = seen.call.argument(0, "key") if seen.path == f"{module.settings.facade}.AttributeSpec" else None
        if isinstance(key, Constant) and isinstance(key.data, str) and _is_malformed(key.data):
            yield Hit(seen.call.node, _message(key.data))


def _is_malformed(key: str) -> bool:
    return any(mark in key for mark in "- \t") and not key.startswith(_HEADERS)


def _message(key: str) -> str:
    return f"{key!r} has a hyphen or a space: write {re.sub('[- ]+', '_', key.strip())!r}, or dots between words"


RULE = Rule(
    code="TRF208",
    name="malformed-key",
    check=_check,
    accepts=(
        (
            "from tracing_facade import start_span\n"
            "with start_span('GET /x', {'order.total_sum': 1, 'http.request.header.content-type': 'x'}): ...\n"
        ),
    ),
    rejects=(
        "from tracing_facade import start_span\nwith start_span('x', {'order-total': 1}): ...\n",
        "from tracing_facade import AttributeSpec\nA = AttributeSpec('order total')\n",
    ),
)
