"""Checks one file on disk."""

from __future__ import annotations

import os
import stat

from lint_plugin.checker import UNREADABLE, check_bytes
from lint_plugin.finding import Finding
from lint_plugin.settings import Settings

# No source file that a person reads is larger; what is, is data.
_LARGEST_FILE = 20_000_000


def check_file(path: str, settings: Settings) -> list[Finding]:
    """Return what is wrong with a file on disk; that it cannot be read is a finding too."""
    try:
        data = _content(path)
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}; check its permissions, or add it to `exclude`"
        return [Finding(path, 1, 1, UNREADABLE, message)]
    if path.endswith(".ipynb"):
        from lint_plugin.notebooks import check_notebook

        return check_notebook(path, data, settings)
    return check_bytes(path, data, settings)


def _content(path: str) -> bytes:
    # Fewer system calls than `open` makes, for files that are read once from begin to end.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError("it is not a regular file")
        size = status.st_size
        if size > _LARGEST_FILE:
            raise OSError(f"it has {size:,} bytes, more than {_LARGEST_FILE:,}")
        data = os.read(descriptor, size + 1)
        while len(data) < size and (more := os.read(descriptor, size - len(data))):
            data += more
        return data
    finally:
        os.close(descriptor)
