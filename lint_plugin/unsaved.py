"""What an editor holds and has not saved: for the checker it stands in the place of what is on disk."""

from __future__ import annotations

import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

texts: dict[str, bytes] = {}
"""Contents by absolute path; empty unless an editor is served."""


def content_of(path: str, most: int = -1) -> bytes:
    """Return the content of a file, as the editor has it when one does.

    Args:
        path: of the file.
        most: how many bytes at most; all by default.

    Raises:
        OSError: it cannot be read.
    """
    data = texts.get(os.path.abspath(path)) if texts else None
    if data is not None:
        return data if most < 0 else data[:most]
    # What is no file may never come to an end, or to a beginning.
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise OSError(f"{path} is not a regular file")
    with open(path, "rb") as stream:
        return stream.read(most)


@contextmanager
def shown(path: str, data: bytes) -> Iterator[None]:
    """Let a file have this content for a while."""
    key = os.path.abspath(path)
    before = texts.get(key)
    texts[key] = data
    try:
        yield
    finally:
        if before is None:
            del texts[key]
        else:
            texts[key] = before


def version_of(path: str) -> int:
    """Return a number that changes with the content of a file; 0 when there is none."""
    data = texts.get(os.path.abspath(path)) if texts else None
    if data is not None:
        return zlib.crc32(data)
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0
