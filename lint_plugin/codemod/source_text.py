"""A source file as text, and back: the bytes of what is not changed stay what they were."""

from __future__ import annotations

import io
import tokenize
from typing import NamedTuple

_MARK = "\ufeff"


class NotUtf8Error(Exception):
    """A file that is not written in UTF-8; the message says what it is."""


class SourceText(NamedTuple):
    """The text of a file.

    Args:
        text: what stands in it, with its own line ends.
        has_mark: whether it starts with a byte order mark.
    """

    text: str
    has_mark: bool

    def encoded(self, text: str) -> bytes:
        """Return another text as the bytes of this file."""
        return ((_MARK if self.has_mark else "") + text).encode("utf-8")


def decoded(data: bytes) -> SourceText:
    """Return the text of a file.

    Raises:
        NotUtf8Error: it is not UTF-8, or says that it is something else.
    """
    try:
        text = data.decode("utf-8")
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    except UnicodeDecodeError as error:
        raise NotUtf8Error(f"is not UTF-8: byte {data[error.start]:#04x} at {error.start}") from error
    except SyntaxError as error:
        raise NotUtf8Error(f"is not UTF-8: {error}") from error
    if encoding not in ("utf-8", "utf-8-sig") and not data.isascii():
        raise NotUtf8Error(f"is written in {encoding}; the codemod changes UTF-8 only, so convert it first")
    return SourceText(text.removeprefix(_MARK), text.startswith(_MARK))
