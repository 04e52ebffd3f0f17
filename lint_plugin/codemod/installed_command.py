"""``tracing-codemod`` as it is installed; where libcst is missing, it says which extra brings it."""

from __future__ import annotations

import sys


def run() -> int:
    """Run the command, and return its exit code; 2 when the extra ``lint`` is not installed."""
    try:
        from lint_plugin.codemod.command import main
    except ModuleNotFoundError as error:
        library = (error.name or "").partition(".")[0]
        if library in ("lint_plugin", "tracing_facade"):
            raise
        print(
            f"tracing-codemod needs {library}, which is not installed: run `pip install 'tracing-facade[lint]'`",
            file=sys.stderr,
        )
        return 2
    return main()
