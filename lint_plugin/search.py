"""What the interpreter looks for in a file that has passed the gate."""

from __future__ import annotations

from lint_plugin.dataflow.relevance import Search
from lint_plugin.marks import LOOK_UPS, WORDS, patterns
from lint_plugin.vocabulary import SPAN_WORDS, USE_WORDS


def search_for(words: tuple[bytes, ...], facade: str) -> Search:
    """Return what tells the places in a text for which the file may matter.

    Args:
        words: those by which the sealed modules, the facade and what leads to them are named.
        facade: the module that starts spans.
    """
    return Search(words, SPAN_WORDS, (facade.encode(), USE_WORDS), (*WORDS, *LOOK_UPS), patterns())
