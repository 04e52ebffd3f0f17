"""Imports modules with rules of one's own: such as are installed, never such as lie in the folder that is checked."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType


def imported(name: str) -> ModuleType:
    """Return a module with a rule.

    Raises:
        ImportError: there is none of this name, or it needs one that there is not.
    """
    with _only_installed():
        return importlib.import_module(name)


@contextmanager
def _only_installed() -> Iterator[None]:
    # `python -m` and `python -c` put the working directory first, and that is what is checked. The same folder further
    # behind is there because somebody has said so, in PYTHONPATH or by an installation in place.
    implied = not getattr(sys.flags, "safe_path", False) and sys.path[:1] in ([""], [os.getcwd()])
    first = sys.path.pop(0) if implied else None
    try:
        yield
    finally:
        if first is not None:
            sys.path.insert(0, first)
