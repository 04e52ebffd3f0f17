"""Room for recursion: parsers and visitors take a step deeper for every level of nesting."""

from __future__ import annotations

import ast
import sys
import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")

_STACK_BYTES = 256 * 1024 * 1024
_MOST_FRAMES = 20_000
_MOST_LEVELS = 500


def refuse_too_deep(tree: ast.AST) -> None:
    """Keep trees from libcst's parser for which it would take hours, or overflow the stack.

    Raises:
        RecursionError: the tree has more than 500 levels.
    """
    level: list[ast.AST] = [tree]
    # Level by level, since recursion would have the very limit that this looks for.
    for _ in range(_MOST_LEVELS):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return
    raise RecursionError(f"more than {_MOST_LEVELS} levels")


def with_deep_stack(function: Callable[[], Result]) -> Result:
    """Run a function on a thread with a stack of 256 MiB and up to 20,000 frames, and return its result.

    Raises:
        BaseException: what the function raises; RecursionError when even that is not enough.
    """
    results: list[Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(function())
        except BaseException as error:
            errors.append(error)

    limit, size = sys.getrecursionlimit(), threading.stack_size(_STACK_BYTES)
    sys.setrecursionlimit(max(limit, _MOST_FRAMES))
    try:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(size)
        sys.setrecursionlimit(limit)
    if errors:
        raise errors[0]
    return results[0]
