"""A file as text and syntax tree, whatever its bytes are: what cannot be parsed as a whole is parsed in parts."""

from __future__ import annotations

import ast
import codecs
import io
import warnings
from typing import NamedTuple


class Source(NamedTuple):
    """A file that has been read.

    Args:
        tree: what could be parsed of it.
        lines: its lines, without line ends.
        problem: why it is not Python as a whole; empty when it is.
        line: where the problem stands.
    """

    tree: ast.Module
    lines: list[str]
    problem: str = ""
    line: int = 1


def read(data: bytes) -> Source:
    """Return a file as text and syntax tree; never raises."""
    try:
        tree = parsed(data)
        return Source(tree, _lines(data.decode(_encoding(data))))
    except SyntaxError as error:
        return _broken(data, error.msg or "it is not Python", error.lineno or 1)
    except (RecursionError, MemoryError):
        return _broken(data, "it is nested too deeply", 1)
    except (ValueError, LookupError) as error:
        return _broken(data, str(error), 1)


def _encoding(data: bytes) -> str:
    # Only the first two lines can say.
    end = data.find(b"\n", data.find(b"\n") + 1)
    if b"coding" not in (data[:end] if end > 0 else data) and not data.startswith(codecs.BOM_UTF8):
        return "utf-8"
    import tokenize

    return tokenize.detect_encoding(io.BytesIO(data).readline)[0]


def as_text(data: bytes) -> Source:
    """Return a file that is not Python as text, with an empty syntax tree."""
    return Source(ast.Module(body=[], type_ignores=[]), _lines(_text(data)))


def parsed(source: bytes | str) -> ast.Module:
    """Return a syntax tree without the warnings of the compiler.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: as ``ast.parse``.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source)


def _broken(data: bytes, problem: str, line: int) -> Source:
    from lint_plugin.repair import parsed_in_parts

    lines = _lines(_text(data))
    return Source(parsed_in_parts(lines), lines, problem, line)


def _text(data: bytes) -> str:
    # Latin-1 gives every byte a character, and the letters of Python's grammar are the same in it.
    try:
        return data.decode("utf-8-sig").replace("\0", " ")
    except UnicodeDecodeError:
        return data.decode("latin-1").replace("\0", " ")


def _lines(text: str) -> list[str]:
    # The same line ends as Python's own reader has: not those of str.splitlines, which knows more.
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
