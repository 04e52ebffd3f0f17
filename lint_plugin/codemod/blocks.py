"""Pieces of syntax trees: statements that come, go or take another form, and the blocks around them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import libcst as cst

from lint_plugin.codemod.plan import After

COMMA = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))

_GONE = cst.Name("_gone")
_EMPTY = [cst.EmptyLine(indent=False)]


def parsed_expression(code: str, old: cst.BaseExpression) -> cst.BaseExpression:
    """Return code as an expression, in the parentheses of the old one."""
    new = cst.parse_expression(code)
    return new.with_changes(lpar=[*old.lpar, *new.lpar], rpar=[*new.rpar, *old.rpar])


def as_with(attempt: cst.Try, code: str) -> cst.With:
    """Return ``try: ... finally: ...`` as a ``with`` of this expression; other handlers stay inside."""
    body = attempt.body
    if attempt.handlers:
        body = cst.IndentedBlock([attempt.with_changes(finalbody=None, leading_lines=[])])
    items = [cst.WithItem(cst.parse_expression(code))]
    return cst.With(items, body, leading_lines=attempt.leading_lines)


def without_names(statement: Any, indexes: frozenset[int]) -> Any:
    """Return an import without some of its names."""
    kept = [alias for number, alias in enumerate(statement.names) if number not in indexes]
    # The last name ends the statement as the last one did before, with or without a comma and a line break.
    kept[-1] = kept[-1].with_changes(comma=_with_comment_of(statement.names[-1].comma, kept[-1].comma))
    return statement.with_changes(names=kept)


def _with_comment_of(comma: Any, other: Any) -> Any:
    """Return a comma whose line ends with the comment of another one."""
    space, own = getattr(comma, "whitespace_after", None), getattr(other, "whitespace_after", None)
    if not isinstance(space, cst.ParenthesizedWhitespace) or not isinstance(own, cst.ParenthesizedWhitespace):
        return comma
    return comma.with_changes(whitespace_after=space.with_changes(first_line=own.first_line))


# Statements that go: they wait as a mark until the block around them is complete, since their comments stay.


def removed(statement: Any) -> cst.SimpleStatementLine:
    """Return the mark of a statement that goes."""
    return cst.SimpleStatementLine([cst.Expr(_GONE)], leading_lines=statement.leading_lines)


def _is_gone(statement: cst.CSTNode) -> bool:
    if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
        return False
    only = statement.body[0]
    return isinstance(only, cst.Expr) and only.value is _GONE


def cleaned_block(block: cst.IndentedBlock) -> cst.IndentedBlock:
    """Return a block without marks; one that has lost its last statement gets a ``pass``."""
    if not any(_is_gone(statement) for statement in block.body):
        return block
    body, rest = _cleaned(block.body)
    if not body:
        return block.with_changes(body=[cst.SimpleStatementLine([cst.Pass()], leading_lines=rest)])
    return block.with_changes(body=body, footer=[*rest, *block.footer])


def cleaned_module(module: cst.Module) -> cst.Module:
    """Return a module without marks."""
    if not any(_is_gone(statement) for statement in module.body):
        return module
    body, rest = _cleaned(module.body)
    return module.with_changes(body=body, footer=[*rest, *module.footer])


def _cleaned(statements: Sequence[Any]) -> tuple[list[Any], list[cst.EmptyLine]]:
    """Return the statements that stay, and the comments of the last ones if those go."""
    body: list[Any] = []
    waiting: list[cst.EmptyLine] = []
    for statement in statements:
        if _is_gone(statement):
            waiting = _joined(waiting, list(statement.leading_lines), first=not body)
            continue
        if waiting:
            lines = _joined(waiting, list(statement.leading_lines), first=not body)
            statement = statement.with_changes(leading_lines=lines)
            waiting = []
        body.append(statement)
    return body, [line for line in waiting if line.comment is not None]


def _joined(above: list[cst.EmptyLine], below: list[cst.EmptyLine], first: bool) -> list[cst.EmptyLine]:
    """Return the lines between two statements when one between them has gone: no comment less, no gap more."""
    if any(line.comment is not None for line in above):
        return [*above, *below]
    blank = next((number for number, line in enumerate(below) if line.comment is not None), len(below))
    longest = above if len(above) > blank else below[:blank]
    return [*([] if first and not below else longest), *below[blank:]]


# Statements that come


def with_before(statements: list[Any], lines: Sequence[str]) -> list[Any]:
    """Return statements with others before them; those take the empty lines, and the comments of one that goes."""
    first = statements[0]
    leading = list(first.leading_lines)
    comments = next((number for number, line in enumerate(leading) if line.comment is not None), len(leading))
    taken = len(leading) if _is_gone(first) else comments
    new = _parsed(lines)
    new[0] = new[0].with_changes(leading_lines=leading[:taken])
    return [*new, first.with_changes(leading_lines=leading[taken:]), *statements[1:]]


def new_statements(after: After) -> list[cst.BaseStatement]:
    """Return statements that are put after another one."""
    new = _parsed(after.lines)
    if after.apart:
        new[0] = new[0].with_changes(leading_lines=_EMPTY)
    return new


def set_apart(module: cst.Module, last: cst.BaseStatement) -> cst.Module:
    """Return a module with at least one empty line after this statement."""
    body: list[Any] = list(module.body)
    following = next((number for number, found in enumerate(body) if found is last), len(body)) + 1
    if following < len(body) and not body[following].leading_lines:
        body[following] = body[following].with_changes(leading_lines=_EMPTY)
    return module.with_changes(body=body)


def with_top(module: cst.Module, lines: Sequence[str]) -> cst.Module:
    """Return a module with statements before all others, and one empty line between, or two before definitions."""
    rest: list[Any] = list(module.body)
    if rest:
        gap = _EMPTY if isinstance(rest[0], cst.SimpleStatementLine) else [*_EMPTY, *_EMPTY]
        rest[0] = rest[0].with_changes(leading_lines=[*gap, *rest[0].leading_lines])
    return module.with_changes(body=[*_parsed(lines), *rest])


def _parsed(lines: Sequence[str]) -> list[Any]:
    """Return lines as statements; an empty one stands before the next as it is."""
    new: list[Any] = []
    gap: list[cst.EmptyLine] = []
    for line in lines:
        if not line:
            gap = _EMPTY
            continue
        statement: Any = cst.parse_statement(line)
        new.append(statement.with_changes(leading_lines=gap))
        gap = []
    return new
