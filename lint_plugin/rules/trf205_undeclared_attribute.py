"""A span is given an attribute or event that its declaration does not have.

Why:
    What is not declared has no type, no sensitivity and no reader. The policy refuses it at run time, depending on how
    it is set; here it is found before.

Wrong:
    CHECKOUT = SpanSpec("checkout", attributes=(AttributeSpec("order.total", float),))

    with tracing.start_span(CHECKOUT, {"order.totl": total}):
        ...

Right:
    with tracing.start_span(CHECKOUT, {"order.total": total}):
        ...
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_plugin.rule import Hit, Module, Rule
from lint_plugin.span_calls import attributes_of, event_name, span_calls
from lint_plugin.span_parts import attribute_of, event_of, keys_of, names_of


def _check(module: Module) -> Iterator[Hit]:
    for one in module.once(span_calls):
        if one.spec is None:
            continue
        event = event_name(one) if one.method == "add_event" else ""
        if event and event_of(one.spec, event) is None:
            yield Hit(
                one.node,
                _message(one.spec.name, "event", event, [name for each in one.spec.events for name in names_of(each)]),
            )
            continue
        for attribute in attributes_of(one):
            if attribute_of(one.spec, attribute) is None and (attribute.event is None or attribute.event):
                keys = keys_of(one.spec, attribute.event)
                yield Hit(attribute.node, _message(one.spec.name, "attribute", attribute.key, keys))


def _message(span: str, what: str, name: str, known: list[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, known, n=1)
    return f"the span {span!r} declares no {what} {name!r}; {f'did you mean {close[0]!r}?' if close else 'declare it'}"


_SPEC = """\
from tracing_facade import AttributeSpec, EventSpec, SpanSpec, start_span
X = SpanSpec(
    "x",
    attributes=(AttributeSpec("a.b", int), AttributeSpec("c", values=("on", "off"))),
    events=(EventSpec("hit"),),
)
"""

RULE = Rule(
    code="TRF205",
    name="undeclared-attribute",
    check=_check,
    accepts=(
        (
            "from tracing_facade import AttributeSpec, EventSpec, SpanSpec, start_span\n"
            "X = SpanSpec('x', attributes=(AttributeSpec('a.b', int), AttributeSpec('c', values=('on', 'off'))),"
            " events=(EventSpec('hit'),))\n"
            "with start_span(X, {'a.b': 1}) as s:\n    s.set_attribute('c', 'on')\n"
            "    s.add_event('hit')\n"
        ),
        "from tracing_facade import start_span\nwith start_span('x', {'any': 1}) as s: s.set_attribute('thing', 1)\n",
    ),
    rejects=(
        f"{_SPEC}with start_span(X, {{'a.c': 1}}): ...\n",
        f"{_SPEC}with start_span(X) as s: s.set_attribute('d', 1)\n",
        f"{_SPEC}with start_span(X) as s: s.add_event('miss')\n",
        f"{_SPEC}with start_span(X) as s: s.set_attributes({{'a.b': 1, 'x': 2}})\n",
        (
            "# file: spans.py\nfrom tracing_facade import SpanSpec\nX = SpanSpec('x')\n# file: app.py\n"
            "from tracing_facade import start_span\nfrom spans import X\n"
            "with start_span(X, {'a': 1}): ...\n"
        ),
    ),
)
