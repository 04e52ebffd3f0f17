"""Loads what the checking of files needs sooner or later, so that processes that are forked then have it."""

from __future__ import annotations

import gc

# What is loaded here is what ``lint_plugin.checker`` and ``lint_plugin.module`` load when a file first needs it.
from lint_plugin import file_check, marks, module, search, source, world  # noqa: F401
from lint_plugin.dataflow import interpreter, relevance  # noqa: F401
from lint_plugin.rule import rules_in_use


def load() -> None:
    """Load the rules and compile the expressions that most files are searched with."""
    rules_in_use((), False)
    marks.patterns()
    gc.freeze()
