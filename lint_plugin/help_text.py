"""How help is laid out: as it is written, as wide as the terminal."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any


class HelpText(argparse.RawDescriptionHelpFormatter):
    """argparse's own formatter, which is made for every argument, and each time asks a module for the width.

    Args:
        prog: the name of the program.
        more: as for the base class.
    """

    def __init__(self, prog: str, **more: Any) -> None:
        super().__init__(prog, **{"width": _columns() - 2, **more})


def _columns() -> int:
    # As shutil does it, whose import takes longer than checking most files.
    try:
        return int(os.environ["COLUMNS"]) or 80
    except (KeyError, ValueError):
        pass
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 80 if sys.__stdout__ is not None else 80
    except (AttributeError, ValueError, OSError):
        return 80
