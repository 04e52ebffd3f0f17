"""The end of a ``multiprocessing`` child, which runs no exit handlers: it is told here of what to do before."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

_LAST = -1_000
"""After what other libraries do at the end, since that may be traced."""


class ChildExit:
    """Has something done at the end of every ``multiprocessing`` child of this process, and of this one if it is one.

    Args:
        act: called once in each child, on its main thread; must not take long.
    """

    def __init__(self, act: Callable[[], object]) -> None:
        self._act = act
        self._is_known = False
        self._in_child = False

    def before_fork(self) -> None:
        """Make sure that a child which is about to be forked is told; loads nothing that is not loaded."""
        util: Any = sys.modules.get("multiprocessing.util")
        if util is not None and not self._is_known:
            self._is_known = True
            util.register_after_fork(self, ChildExit._begin)

    def in_this_process(self) -> None:
        """Act at the end of this process if it is a child that was not forked from one with tracing."""
        process: Any = sys.modules.get("multiprocessing.process")
        if process is not None and process.parent_process() is not None and not self._in_child:
            self._begin()

    def _begin(self) -> None:
        util: Any = sys.modules["multiprocessing.util"]
        self._in_child = True
        util.Finalize(None, self._act, exitpriority=_LAST)
