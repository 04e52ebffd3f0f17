"""``tracing-lint lsp``: starts the language server for an editor."""

from __future__ import annotations

import argparse
from typing import Any

_EXAMPLES = """\
examples:
  tracing-lint lsp                        speak the Language Server Protocol on standard input and output
  tracing-lint lsp --strict               as `tracing-lint check --strict`

Editors start it; docs/how_to/check_in_the_editor.md has their settings.
"""


def add_to(commands: Any) -> None:
    """Add ``lsp`` to the sub-commands of ``tracing-lint``."""
    parser = commands.add_parser(
        "lsp",
        help="serve an editor",
        description="Check what an editor shows, with quick fixes, over the Language Server Protocol (extra `lsp`).",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--config", metavar="FILE", help="settings to use instead of the nearest ones of each file")
    parser.add_argument("--strict", action="store_true", help="also report what cannot be decided")
    # Some editors put it there themselves.
    parser.add_argument("--stdio", action="store_true", help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until the editor says that it is done, or is gone.

    Raises:
        SettingsError: the extra is missing, or the named settings cannot be used.
    """
    from lint_plugin.settings import SettingsError, load_settings

    try:
        from lint_plugin.editor.server import serve
    except ModuleNotFoundError as error:
        if error.name and error.name.partition(".")[0] == "lint_plugin":
            raise
        raise SettingsError(
            f"the language server needs {error.name}, which is not installed: pip install 'tracing-facade[lsp]'"
        ) from error
    if options.config:
        load_settings(options.config)
    serve(options.config or "", options.strict)
    return 0
