"""Keeps sources that are nested too deep from the parser of libcst, which they would crash."""

from __future__ import annotations

import ast
import threading
import warnings
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")

_STACK_BYTES = 256 * 1024 * 1024
_MOST_LEVELS = 500


class TooDeepError(Exception):
    """A source is nested so deep that it cannot be parsed."""


def refuse_too_deep(source: bytes) -> None:
    """Let Python's own parser look first: it says so where libcst's would overflow the stack.

    Raises:
        TooDeepError: the source is nested too deep.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except (RecursionError, MemoryError) as error:
        raise TooDeepError("is nested too deep to be migrated") from error
    except (SyntaxError, ValueError) as error:
        # Other errors are for libcst to tell, which knows newer syntax than an old Python does.
        if "too many" in str(error):
            raise TooDeepError(f"is nested too deep to be migrated: {error}") from error
        return
    if _is_deeper_than(tree, _MOST_LEVELS):
        raise TooDeepError(f"is nested more than {_MOST_LEVELS} levels deep, which is too deep to be migrated")


def _is_deeper_than(tree: ast.AST, levels: int) -> bool:
    """Tell how deep a tree is, level by level, since recursion would have the very limit that this looks for."""
    level: list[ast.AST] = [tree]
    for _ in range(levels):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return False
    return True


def with_deep_stack(function: Callable[[], Result]) -> Result:
    """Run a function on a thread with a stack of 256 MiB, since parsers recurse for every level of nesting."""
    results: list[Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(function())
        except BaseException as error:
            errors.append(error)

    before = threading.stack_size(_STACK_BYTES)
    try:
        thread = threading.Thread(target=run)
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()
    if errors:
        raise errors[0]
    return results[0]
