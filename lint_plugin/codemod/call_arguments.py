"""Gives a call other arguments, with the line breaks and comments of those that stay."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from lint_plugin.codemod.plan import Kept, New

_EQUAL = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
_COMMA = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))


def with_arguments(call: cst.Call, items: Sequence[Kept | New]) -> cst.Call:
    """Return a call with these arguments; unchanged when they are what it has."""
    if list(items) == [Kept(place) for place in range(len(call.args))]:
        return call
    arguments = [_argument(call, item).with_changes(whitespace_after_arg=cst.SimpleWhitespace("")) for item in items]
    if not arguments:
        return call.with_changes(args=[])
    places = [item.place if item.place >= 0 else number for number, item in enumerate(items)]
    for number in range(len(arguments) - 1):
        comma = _comma_between(call, places[number], places[number + 1])
        arguments[number] = arguments[number].with_changes(comma=comma)
    arguments[-1] = _ended(call, arguments[-1], places[-1])
    return call.with_changes(args=arguments)


def _argument(call: cst.Call, item: Kept | New) -> cst.Arg:
    if isinstance(item, New):
        return parsed_argument(item.code)
    old = call.args[item.place]
    if item.keyword is None or (old.keyword is not None and old.keyword.value == item.keyword):
        return old
    keyword = cst.Name(item.keyword) if item.keyword else None
    return old.with_changes(keyword=keyword, equal=_EQUAL if keyword else cst.MaybeSentinel.DEFAULT)


def parsed_argument(code: str) -> cst.Arg:
    """Return code as an argument; in the parentheses of a call it may have several lines."""
    call = cst.parse_expression(f"f({code})")
    assert isinstance(call, cst.Call)
    return call.args[0].with_changes(comma=cst.MaybeSentinel.DEFAULT)


def _comma_between(call: cst.Call, place: int, following: int) -> cst.Comma:
    """Return the comma between two arguments: what stood before the second one, with the comments of what goes."""
    if not place < following <= len(call.args) - 1:
        return _COMMA
    comma = call.args[following - 1].comma
    comments = _comments(call, place, following - 1)
    if not isinstance(comma, cst.Comma):
        return _COMMA
    return comma.with_changes(whitespace_after=_commented(comma.whitespace_after, comments))


def _ended(call: cst.Call, argument: cst.Arg, place: int) -> cst.Arg:
    """Return the last argument, with the end of the old last one: a comma and a line break, or neither."""
    end = call.args[-1]
    comma, space = end.comma, end.whitespace_after_arg
    comments = _comments(call, place, len(call.args) - 1)
    if isinstance(comma, cst.Comma):
        comma = comma.with_changes(whitespace_after=_commented(comma.whitespace_after, comments))
    else:
        space = _commented(space, comments)
    return argument.with_changes(comma=comma, whitespace_after_arg=space)


def _comments(call: cst.Call, first: int, end: int) -> list[str]:
    """Return the comments behind some of the arguments."""
    commas = [argument.comma for argument in call.args[first:end]]
    spaces = [comma.whitespace_after for comma in commas if isinstance(comma, cst.Comma)]
    found = [space.first_line.comment for space in spaces if isinstance(space, cst.ParenthesizedWhitespace)]
    return [comment.value for comment in found if comment is not None]


def _commented(space: cst.BaseParenthesizableWhitespace, comments: Sequence[str]) -> cst.BaseParenthesizableWhitespace:
    """Return a line break with these comments before its own."""
    if not comments or not isinstance(space, cst.ParenthesizedWhitespace):
        return space
    own = [space.first_line.comment.value] if space.first_line.comment is not None else []
    text = cst.Comment("  ".join([*comments, *own]))
    line = space.first_line.with_changes(whitespace=cst.SimpleWhitespace("  "), comment=text)
    return space.with_changes(first_line=line)
