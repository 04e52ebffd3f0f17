"""Checks one file: bytes in, findings out; whatever the bytes are, it neither crashes nor runs any of them."""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from typing import NamedTuple

from lint_plugin.rule import Finding, Hit, Module, all_rules
from lint_plugin.settings import Settings
from lint_plugin.suppressions import without_suppressed

# A file that is not Python gets one finding, so that nothing is left out in silence.
UNREADABLE = "TRF100"


class Unreadable(NamedTuple):
    """Why a file could not be checked, and where."""

    line: int
    column: int
    reason: str


def check_bytes(path: str, data: bytes, settings: Settings) -> list[Finding]:
    """Return what is wrong with a file, ordered by place.

    Args:
        path: as it will be shown.
        data: the content of the file.
        settings: what holds for it.
    """
    if settings.allows(path) or not may_matter(data, settings):
        return []
    parsed = _parse(data)
    if isinstance(parsed, Unreadable):
        message = f"cannot be checked: {parsed.reason}; mend the file or add it to `exclude`"
        return [Finding(path, parsed.line, parsed.column, UNREADABLE, message)]
    tree, lines = parsed
    return without_suppressed(check_tree(path, tree, lines, settings), lines)


def check_tree(path: str, tree: ast.Module, lines: list[str], settings: Settings) -> list[Finding]:
    """Return what is wrong with a parsed file, suppressions not yet applied."""
    module = Module(tree, settings)
    found = {_finding(path, hit, lines, found.rule.code) for found in all_rules() for hit in found.rule.check(module)}
    return sorted(found)


def may_matter(data: bytes, settings: Settings) -> bool:
    """Tell whether a file can break a rule at all; most cannot, and need not be parsed.

    A sealed module can only be named by its letters, or by other characters that Python normalises to them (PEP 3131),
    which are not ASCII, or in an encoding that hides them (UTF-7 and the like), which a cookie must announce.
    """
    if not data.isascii() or b"coding" in data[:1024]:
        return True
    return any(module.partition(".")[0].encode() in data for module in settings.sealed)


def _parse(data: bytes) -> tuple[ast.Module, list[str]] | Unreadable:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(data)
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = io.TextIOWrapper(io.BytesIO(data), encoding, newline=None).read()
    except SyntaxError as error:
        return Unreadable(error.lineno or 1, max(error.offset or 1, 1), error.msg or "it is not Python")
    except RecursionError:
        return Unreadable(1, 1, "it is nested too deeply")
    except MemoryError:
        return Unreadable(1, 1, "it is too complex to be parsed")
    except (ValueError, LookupError) as error:
        return Unreadable(1, 1, str(error))
    return tree, text.split("\n")


def _finding(path: str, hit: Hit, lines: list[str], code: str) -> Finding:
    line = hit.node.lineno
    return Finding(path, line, character_column(lines, line, hit.node.col_offset) + 1, code, hit.message)


def character_column(lines: list[str], line: int, offset: int) -> int:
    """Return the column in characters of an offset in UTF-8 bytes, as the syntax tree has it."""
    text = lines[line - 1] if line <= len(lines) else ""
    return offset if text.isascii() else len(text.encode("utf-8", "replace")[:offset].decode("utf-8", "ignore"))
