"""Which argument of a call is for which parameter."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import NamedTuple


class Given(NamedTuple):
    """One argument of a call.

    Args:
        value: its expression.
        place: its number among all arguments, counted from 0 in the order in which they are written.
        keyword: the name it was given by; empty when by position.
    """

    value: ast.expr
    place: int
    keyword: str


def given_arguments(call: ast.Call, parameters: Sequence[str]) -> dict[str, Given] | None:
    """Return the arguments by parameter; None when they cannot be told apart (stars, unknown names)."""
    found: dict[str, Given] = {}
    for position, value in enumerate(call.args):
        if isinstance(value, ast.Starred) or position >= len(parameters):
            return None
        found[parameters[position]] = Given(value, position, "")
    for number, keyword in enumerate(call.keywords, len(call.args)):
        if keyword.arg is None or keyword.arg not in parameters or keyword.arg in found:
            return None
        found[keyword.arg] = Given(keyword.value, number, keyword.arg)
    return found


def is_constant(given: Given | None, *values: object) -> bool:
    """Tell whether an argument is left out, or is one of these constants."""
    return given is None or (
        isinstance(given.value, ast.Constant) and any(given.value.value is value for value in values)
    )
