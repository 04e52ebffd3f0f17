"""Which attributes and events a span gets in the file that starts it, for its declaration."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from lint_plugin.codemod.allowed_names import is_allowed
from lint_plugin.codemod.arguments import Given, given_arguments
from lint_plugin.codemod.facts import Facts
from lint_plugin.codemod.opentelemetry_api import PARAMETERS, SPAN
from lint_plugin.codemod.scopes import Variable
from lint_plugin.codemod.usage import Way, use_of
from lint_plugin.codemod.value_kinds import constant_text, kind_of
from tracing_facade.registry import AttributeSpec


class Seen(NamedTuple):
    """One attribute or event that a span is given.

    Args:
        event: the event that it belongs to; empty for the span itself.
        key: the attribute's key; empty for an event alone.
        kind: the type of its value; empty when the code does not say.
    """

    event: str
    key: str
    kind: str


def seen_on(variable: Variable | None, attributes: Given | None, facts: Facts) -> Iterator[Seen]:
    """Yield what a span gets at its start, and in the calls on its variable; only keys that are literals."""
    if attributes is not None:
        yield from _in_mapping("", attributes.value, facts)
    for use in () if variable is None else variable.uses:
        found = use_of(facts, use)
        if found.way is Way.METHOD and isinstance(found.node, ast.Call):
            yield from _in_call(found.node, facts)


def unclear(seen: Iterable[Seen]) -> list[str]:
    """Return the keys that cannot be declared: the code does not say of which type the value is, or the key is none."""
    return [one.key for one in seen if one.key and not (one.kind and is_allowed(AttributeSpec, one.key))]


def _in_call(call: ast.Call, facts: Facts) -> Iterator[Seen]:
    target = facts.target(call)
    given = given_arguments(call, PARAMETERS.get(target, ())) or {}
    if target == f"{SPAN}.set_attribute" and {"key", "value"} <= given.keys():
        key = constant_text(facts, given["key"].value)
        if key is not None:
            yield Seen("", key, kind_of(given["value"].value, facts))
    elif target == f"{SPAN}.set_attributes" and "attributes" in given:
        yield from _in_mapping("", given["attributes"].value, facts)
    elif target == f"{SPAN}.add_event" and "name" in given:
        event = constant_text(facts, given["name"].value)
        if event is not None:
            yield Seen(event, "", "")
            if "attributes" in given:
                yield from _in_mapping(event, given["attributes"].value, facts)


def _in_mapping(event: str, node: ast.expr, facts: Facts) -> Iterator[Seen]:
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            text = None if key is None else constant_text(facts, key)
            if text is not None:
                yield Seen(event, text, kind_of(value, facts))
