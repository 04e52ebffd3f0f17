"""Which functions of Python and of well-known packages are known, and what following a call to each does."""

from __future__ import annotations

from collections.abc import Callable

from lint_plugin.dataflow.run import Handler

HANDLERS: dict[str, Handler] = {}


def handles(*paths: str) -> Callable[[Handler], Handler]:
    """Register what follows calls to these functions, given by their canonical dotted names."""

    def register(handler: Handler) -> Handler:
        HANDLERS.update(dict.fromkeys(paths, handler))
        return handler

    return register
