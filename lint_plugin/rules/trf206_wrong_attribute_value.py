"""An attribute is given a value that its declaration does not allow.

Why:
    Readers of traces compute with attributes: a number that is sometimes a text breaks every query. At run time a wrong
    value is dropped and counted.

Wrong:
    ORDER = SpanSpec("order", attributes=(AttributeSpec("order.items", int),))

    with tracing.start_span(ORDER, {"order.items": "3"}):
        ...

Right:
    with tracing.start_span(ORDER, {"order.items": 3}):
        ...
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lint_plugin.dataflow.values import Text, options
from lint_plugin.rule import Hit, Module, Rule
from lint_plugin.span_calls import Attribute, attributes_of, known, span_calls
from lint_plugin.span_parts import attribute_of

if TYPE_CHECKING:
    from tracing_facade.registry import AttributeSpec

_ADVICE = "set what is declared, or change the declaration"


def _check(module: Module) -> Iterator[Hit]:
    for one in module.once(span_calls):
        for attribute in attributes_of(one):
            spec = attribute_of(one.spec, attribute) if one.spec is not None else None
            problem = _problem_of(spec, attribute) if spec is not None else ""
            if problem:
                yield Hit(attribute.node, f"{attribute.key} {problem}: {_ADVICE}")


def _problem_of(spec: AttributeSpec, attribute: Attribute) -> str:
    """Return what is wrong with a value, or with one of those that it may be, when all of them are known."""
    values = [known(one) for one in options(attribute.value)]
    if None in values:
        return _problem_by_form(spec, attribute)
    return next(filter(None, (_problem(spec, value[0]) for value in values if value is not None)), "")


def _problem_by_form(spec: AttributeSpec, attribute: Attribute) -> str:
    """Return what is wrong with a value of which no more is known than its type."""
    from lint_plugin.value_types import example_of
    from tracing_facade.registry.kinds import TYPE_NAMES, is_of_type

    example = "" if isinstance(attribute.value, Text) else example_of(attribute.written)
    if example is None or is_of_type(example, spec.type):
        return ""
    name = "text" if example == "" else type(example).__name__
    return f"is declared as {TYPE_NAMES[spec.type]}, and is given a {name}"


def _problem(spec: AttributeSpec, value: object) -> str:
    from tracing_facade.registry.kinds import TYPE_NAMES, is_of_type

    if not is_of_type(value, spec.type):
        return f"is declared as {TYPE_NAMES[spec.type]}, and {value!r} is none"
    items = value if isinstance(value, (list, tuple)) else [value]
    for item in items if spec.values else ():
        if item not in spec.values:
            return f"is declared with the values {', '.join(map(repr, spec.values))}, and {item!r} is none of them"
    if spec.pattern and isinstance(value, str) and re.fullmatch(spec.pattern, value) is None:
        return f"is declared with the pattern {spec.pattern!r}, which {value!r} does not match"
    return ""


_SPEC = """\
from tracing_facade import AttributeSpec, EventSpec, SpanSpec, start_span
X = SpanSpec(
    "x",
    attributes=(AttributeSpec("a.b", int), AttributeSpec("c", values=("on", "off"))),
    events=(EventSpec("hit"),),
)
"""

RULE = Rule(
    code="TRF206",
    name="wrong-attribute-value",
    check=_check,
    accepts=(f"{_SPEC}with start_span(X, {{'a.b': 1, 'c': 'on'}}) as s: s.set_attribute('a.b', unknown())\n",),
    rejects=(
        f"{_SPEC}with start_span(X, {{'a.b': 'one'}}): ...\n",
        f"{_SPEC}with start_span(X) as s: s.set_attribute('c', 'of')\n",
        f"{_SPEC}with start_span(X, {{'a.b': True}}): ...\n",
        f"{_SPEC}def f(n):\n    with start_span(X, {{'a.b': f'{{n}}'}}): ...\n",
    ),
)
