"""Replaces the content of a file in one step, so that nobody ever sees half of it."""

from __future__ import annotations

import os
import tempfile


def replace_content(path: str, expected: bytes, content: bytes) -> None:
    """Replace a file's content; its mode stays, and of a link the target is replaced.

    Args:
        path: the file.
        expected: what it must hold now.
        content: what it will hold.

    Raises:
        OSError: it cannot be written, or holds something else by now.
    """
    target = os.path.realpath(path)
    with open(target, "rb") as file:
        if file.read() != expected:
            raise OSError("it has changed meanwhile; run the command again")
    descriptor, temporary = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".tracing-codemod-")
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), os.stat(target).st_mode & 0o7777)
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise
