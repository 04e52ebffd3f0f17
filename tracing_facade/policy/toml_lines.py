"""Finds the line of a field in a TOML text, which the parsers of the language do not tell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

_HEADER = re.compile(r"\s*\[(?P<array>\[)?(?P<name>[^\[\]#]+|(?:[^\[\]#]*\"[^\"]*\"[^\[\]#]*)+)\]")
_KEY_PART = r"(?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')"
_KEY = re.compile(rf"\s*(?P<name>{_KEY_PART}(?:\s*\.\s*{_KEY_PART})*)\s*=")
_PART = re.compile(r"\"([^\"]*)\"|'([^']*)'|([A-Za-z0-9_-]+)")
_AT_LINE = re.compile(r"at line (\d+)")
_KEY_IN_BRACKETS = re.compile(r"\[(?!\d+\])([^\]]*)\]")
_QUOTES = re.compile(r'"""|\'\'\'')


def line_of_field(text: str, path: str) -> int:
    """Return the line of a field, or of the table or array that it would be in; 0 when there is none.

    Args:
        text: has been parsed without an error.
        path: keys stand in it behind dots or in brackets, numbers of items in brackets.
    """
    lines = dict(reversed(list(_fields(text))))
    known = _KEY_IN_BRACKETS.sub(r".\1", path)
    while known and known not in lines:
        known = known[: max(known.rfind("."), known.rfind("["), 0)]
    return lines.get(known, 0)


def line_of_syntax_error(message: str) -> int:
    """Return the line that a message of the parser names; 0 when it names none."""
    found = _AT_LINE.search(message)
    return int(found[1]) if found else 0


def _fields(text: str) -> Iterator[tuple[str, int]]:
    """Yield the path and line of every table and key that begins a line."""
    table = ""
    arrays: Counter[str] = Counter()
    in_text = False
    for number, line in enumerate(text.splitlines(), 1):
        if not in_text:
            header, key = _HEADER.match(line), _KEY.match(line)
            if header:
                table = _path(header["name"])
                if header["array"]:
                    arrays[table] += 1
                    yield table, number
                    table = f"{table}[{arrays[table] - 1}]"
                else:
                    table = _inside_of_arrays(table, arrays)
                yield table, number
            elif key:
                yield ".".join(filter(None, (table, _path(key["name"])))), number
        if len(_QUOTES.findall(line)) % 2:
            in_text = not in_text


def _path(name: str) -> str:
    return ".".join("".join(part.groups("")) for part in _PART.finditer(name))


def _inside_of_arrays(table: str, arrays: Counter[str]) -> str:
    """Return the path of a table below the last item of an array of tables."""
    for array, count in arrays.items():
        if table.startswith(f"{array}."):
            return f"{array}[{count - 1}]{table[len(array) :]}"
    return table
