"""Loads what the checking of files needs sooner or later: before processes are forked, so that they have it then."""

from __future__ import annotations

import gc
from collections.abc import Callable
from importlib import import_module

# What ``lint_plugin.checker`` and ``lint_plugin.module`` load when a file first needs it.
_NEEDED = ("file_check", "source", "module", "search", "world", "dataflow.relevance", "dataflow.interpreter", "rule")


def load(is_enough: Callable[[], bool] = lambda: False) -> None:
    """Load the rules and compile the expressions that most files are searched with.

    Args:
        is_enough: tells between two steps that the rest is better loaded when it is needed.
    """
    for name in _NEEDED:
        if is_enough():
            return
        import_module(f"lint_plugin.{name}")
    from lint_plugin import marks
    from lint_plugin.rule import rules_in_use

    rules_in_use((), False)
    marks.patterns()
    gc.freeze()
