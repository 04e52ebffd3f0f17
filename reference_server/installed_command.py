"""The commands as they are installed; where a library of the extra is missing, they say which extra brings it."""

from __future__ import annotations

import sys


def server() -> int:
    """Run ``reference-server``, and return its exit code; 1 when the extra ``server`` is not installed."""
    try:
        from reference_server.command import main
    except ModuleNotFoundError as error:
        return _explained("reference-server", error)
    return main()


def refctl() -> int:
    """Run ``refctl``, and return its exit code; 1 when the extra ``server`` is not installed."""
    try:
        from reference_server.client.command import main
    except ModuleNotFoundError as error:
        return _explained("refctl", error)
    return main()


def _explained(program: str, error: ModuleNotFoundError) -> int:
    library = (error.name or "").partition(".")[0]
    if library in ("reference_server", "tracing_facade"):
        raise error
    print(
        f"{program} needs {library}, which is not installed: run `pip install 'tracing-facade[server]'`",
        file=sys.stderr,
    )
    return 1
