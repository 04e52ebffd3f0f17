"""Finds the Python files below the paths that a person names, and the files that declare requirements."""

from __future__ import annotations

import os
from collections.abc import Iterator

from lint_plugin.manifests import is_manifest

_NOT_OURS = frozenset({
    "__pycache__", "node_modules", ".git", ".hg", ".svn", ".venv", "venv", ".tox", ".nox", ".eggs", "build", "dist",
    ".mypy_cache", ".ruff_cache", ".pytest_cache",
})  # fmt: skip
_ENDINGS = (".py", ".pyi", ".pyw")


def python_files(path: str) -> Iterator[str]:
    """Yield the file itself, or every Python file below a folder, in a stable order.

    Links to folders are not followed, so a circle of links does no harm.
    """
    if not os.path.isdir(path):
        yield path
        return
    yield from (file for file in files_below(path) if file.endswith(_ENDINGS))


def files_below(path: str) -> Iterator[str]:
    """Yield the file itself, or every Python file and manifest below a folder, in a stable order."""
    if not os.path.isdir(path):
        yield path
        return
    for folder, folders, files in os.walk(path):
        folders[:] = sorted(name for name in folders if name not in _NOT_OURS and not name.startswith(".venv"))
        for name in sorted(files):
            if name.endswith(_ENDINGS) or is_manifest(os.path.join(folder, name)):
                yield os.path.normpath(os.path.join(folder, name))
