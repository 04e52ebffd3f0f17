"""Checks one attribute against its declaration: type, allowed values, pattern."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, get_args, get_origin

from tracing_facade.registry import AttributeSpec

_PLAIN: dict[Any, tuple[type, ...]] = {str: (str,), int: (int,), float: (float, int)}


def check_of(spec: AttributeSpec) -> Callable[[Any], str]:
    """Return a function that tells what is wrong with a value: ``type``, ``value``, ``pattern`` or an empty string."""
    has_type = _type_test(spec.type)
    allowed = frozenset(spec.values)
    pattern = spec.pattern
    matches = re.compile(pattern).fullmatch if pattern else None

    def check(value: Any) -> str:
        if not has_type(value):
            return "type"
        items = value if isinstance(value, (list, tuple)) else (value,)
        if allowed and not all(item in allowed for item in items):
            return "value"
        if matches is not None and not all(matches(item) for item in items):
            return "pattern"
        return ""

    return check


def _type_test(declared: Any) -> Callable[[Any], bool]:
    if get_origin(declared) is list:
        (item_type,) = get_args(declared)
        fits = _type_test(item_type)
        return lambda value: isinstance(value, (list, tuple)) and all(map(fits, value))
    if declared is bool:
        return lambda value: isinstance(value, bool)
    accepted = _PLAIN[declared]
    return lambda value: isinstance(value, accepted) and not isinstance(value, bool)
