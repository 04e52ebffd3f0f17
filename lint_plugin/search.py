"""What the interpreter looks for in a file that has passed the gate."""

from __future__ import annotations

import re
from functools import lru_cache

from lint_plugin.dataflow.relevance import Search
from lint_plugin.marks import LOOK_UPS, PATTERNS, WORDS


@lru_cache(maxsize=64)
def search_for(words: tuple[bytes, ...]) -> Search:
    """Return what finds the places in a text for which the file may matter.

    Args:
        words: those by which the sealed modules, the facade and what leads to them are named.
    """
    patterns = tuple(re.compile(re.escape(word.decode())) for word in words)
    return Search(patterns, tuple(re.compile(pattern.decode()) for pattern in (*PATTERNS, *WORDS, *LOOK_UPS)))
