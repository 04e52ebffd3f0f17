"""Folds operators over values: what the program would compute, if that is known and small."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

from lint_plugin.dataflow.concrete import (
    LARGEST_NUMBER_BITS,
    LONGEST_TEXT,
    MOST_ITEMS,
    NotConstantError,
    concrete,
    lifted,
)
from lint_plugin.dataflow.values import UNKNOWN, Choice, Constant, Items, Table, Text, Value, either, options

# More combinations of alternatives than this are not computed.
_MOST_COMBINATIONS = 36

_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
    ast.BitAnd: operator.and_,
}
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
    ast.Invert: operator.invert,
    ast.Not: operator.not_,
}
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}

_CONVERSIONS: dict[int, Callable[[Any], Any]] = {ord("r"): repr, ord("s"): str, ord("a"): ascii}
_LARGE_WIDTH = r"\d{5}"
_PERCENT = r"%(?:\([^()]*\))?[-#0 +]*(?:\d+|\*)?(?:\.(?:\d+|\*))?[a-zA-Z%]"


def folded(function: Callable[..., Any], *arguments: Value) -> Value:
    """Return what a function of the language returns for values, for every combination of their alternatives.

    The function must have no effects, must not call back, and must be cheap for arguments of the size that we follow.
    """
    combinations = product(*(options(argument) for argument in arguments))
    results: list[Value] = []
    for number, combination in enumerate(combinations):
        if number == _MOST_COMBINATIONS:
            results.append(UNKNOWN)
            break
        results.append(_folded_once(function, combination))
    return either(results)


def _folded_once(function: Callable[..., Any], arguments: Sequence[Value]) -> Value:
    # Whatever goes wrong here would have gone wrong in the checked program: a wrong index, type or encoding.
    try:
        return lifted(function(*[concrete(argument) for argument in arguments]))
    except Exception:
        return UNKNOWN


def binary(operation: type[ast.operator], left: Value, right: Value) -> Value:
    """Return what a binary operator returns."""
    if isinstance(left, Choice) or isinstance(right, Choice):
        pairs = list(product(options(left), options(right)))[:_MOST_COMBINATIONS]
        return either(_binary(operation, one, other) for one, other in pairs)
    return _binary(operation, left, right)


def _binary(operation: type[ast.operator], left: Value, right: Value) -> Value:
    if isinstance(left, Text) and operation is ast.Add:
        return left
    if operation is ast.Add and isinstance(left, Items) and isinstance(right, Items):
        small = len(left.items) + len(right.items) <= MOST_ITEMS
        return Items(left.items + right.items, left.kind) if small else UNKNOWN
    if operation is ast.Add and isinstance(left, Items) and right is UNKNOWN:
        # How many more there are is not known; that there may be more is.
        return Items([*left.items, UNKNOWN], left.kind)
    if operation is ast.BitOr and isinstance(left, Table) and isinstance(right, Table):
        return Table({**left.entries, **right.entries})
    if isinstance(left, Constant) and isinstance(left.data, str):
        return _with_text_on_the_left(operation, left.data, right)
    return _folded_once(lambda one, other: _computed(operation, one, other), (left, right))


def _with_text_on_the_left(operation: type[ast.operator], left: str, right: Value) -> Value:
    if operation is ast.Mod:
        return percent_formatted(left, right)
    if operation is ast.Add and isinstance(right, Text):
        return Text(left + right.prefix)
    result = _folded_once(lambda other: _computed(operation, left, other), (right,))
    return Text(left) if result is UNKNOWN and operation is ast.Add and left else result


def _computed(operation: type[ast.operator], left: Any, right: Any) -> object:
    if operation in (ast.Pow, ast.LShift, ast.Mult) and _explodes(operation, left, right):
        raise NotConstantError
    return _BINARY[operation](left, right)


def _explodes(operation: type[ast.operator], left: Any, right: Any) -> bool:
    if operation is ast.Pow:
        return bool(_bits(left) * abs(right) > LARGEST_NUMBER_BITS)
    if operation is ast.LShift:
        return bool(_bits(left) + right > LARGEST_NUMBER_BITS)
    return _size(left) * _size(right) > LONGEST_TEXT


def _bits(number: Any) -> int:
    return number.bit_length() if isinstance(number, int) else 64


def _size(operand: Any) -> int:
    # The product of a sequence and a number is as long as both say; of two numbers, it fits.
    if isinstance(operand, (str, bytes, list, tuple)):
        return max(len(operand), 1)
    return max(abs(operand), 1) if isinstance(operand, int) and abs(operand) < 2**64 else 1


def unary(operation: type[ast.unaryop], operand: Value) -> Value:
    """Return what a unary operator returns."""
    return folded(_UNARY[operation], operand)


def compared(operation: type[ast.cmpop], left: Value, right: Value) -> Value:
    """Return what a comparison returns."""
    return folded(_COMPARE[operation], left, right)


def percent_formatted(template: str, arguments: Value) -> Value:
    """Return ``template % arguments``: the text, or the beginning of it that is known."""
    if re.search(_LARGE_WIDTH, template):
        return UNKNOWN
    whole = _folded_once(lambda given: template % _small_widths(given), (arguments,))
    if whole is not UNKNOWN:
        return whole
    first = re.search(_PERCENT, template)
    if first is None:
        return UNKNOWN
    values = arguments.items if isinstance(arguments, Items) and arguments.kind is tuple else [arguments]
    pieces: list[Value] = []
    end = 0
    for found, value in zip(re.finditer(_PERCENT, template), values, strict=False):
        pieces += [Constant(template[end : found.start()]), folded(lambda item, spec=found[0]: spec % item, value)]
        end = found.end()
    return concatenated([*pieces, Constant(template[end:])])


def _small_widths(given: object) -> object:
    # `%*d` takes its width from the arguments.
    numbers = given if isinstance(given, tuple) else (given,)
    if any(isinstance(number, int) and abs(number) > LONGEST_TEXT for number in numbers):
        raise NotConstantError
    return given


def concatenated(pieces: Sequence[Value]) -> Value:
    """Return texts one after the other: the whole, or the beginning up to the first that is not known."""
    result: Value = Constant("")
    for piece in pieces:
        result = binary(ast.Add, result, piece)
        if isinstance(result, Text):
            break
    return result


def formatted(value: Value, conversion: int, specification: Value) -> Value:
    """Return a replacement field of a format string as text."""
    if isinstance(value, Text) and conversion in (-1, ord("s")):
        return value
    convert = _CONVERSIONS.get(conversion, lambda item: item)
    return folded(lambda item, spec: format(convert(item), _small_specification(spec)), value, specification)


def _small_specification(specification: str) -> str:
    if re.search(_LARGE_WIDTH, specification):
        raise NotConstantError
    return specification
