"""Parses what it can of a file that is not Python as a whole: another version's syntax, a template, half of a merge."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator

# Parts are taken apart this many levels deep.
_DEEPEST = 8
_MOST_PARTS = 20_000

_OPENER = re.compile(r"[ \t]*(?:async[ \t]+)?(?:def|class|if|elif|else|for|while|with|try|except|finally|match|case)\b")
_IMPORT = re.compile(r"[ \t;]*(?:from[ \t]+([\w.]+)[ \t]+import\b[ \t]*\(?([^#;)]*)|import[ \t]+([^#;]+))")
_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")

_TEXT = r"'[^'\n]*'|\"[^\"\n]*\""

# Syntax of other versions, as the nearest thing that this version can read. Columns after it are kept where possible.
_LATER = (
    (re.compile(r"^([ \t]*)lazy[ \t]+(?=(?:import|from)\b)", re.MULTILINE), r"\1"),
    (re.compile(r"^([ \t]*)type[ \t]+(\w+)[ \t]*(?:\[[^\]\n]*\])?[ \t]*=", re.MULTILINE), r"\1\2 :"),
    (re.compile(r"^([ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+\w+)\[[^\]\n]*\]", re.MULTILINE), r"\1"),
    (re.compile(r"^([ \t]*except)\*", re.MULTILINE), r"\1 "),
    (re.compile(r"^([ \t]*except)[ \t]+(\w[\w.]*)[ \t]*,[ \t]*(\w[\w., \t]*):", re.MULTILINE), r"\1 (\2, \3):"),
    (re.compile(rf"^([ \t]*exec)[ \t]+({_TEXT}|[\w.]+)[ \t]+in[ \t]+([^;\n]*)", re.MULTILINE), r"\1(\2, \3)"),
    (re.compile(rf"^([ \t]*)(print|exec)[ \t]+(?=['\"\w])((?:{_TEXT}|[^;\n'\"])*)", re.MULTILINE), r"\1\2(\3)"),
)


def parsed_in_parts(lines: list[str]) -> ast.Module:
    """Return a syntax tree of the parts that can be parsed, each at its place."""
    body = list(_statements(lines, (0, 0), 0, [_MOST_PARTS], _inside_of_strings("\n".join(lines))))
    return ast.Module(body=body, type_ignores=[])


_QUOTES = re.compile(r"#[^\n]*|\"{3}|'{3}|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'")
_ENDS = {quotes: re.compile(rf"(?:[^\\]|\\.)*?{quotes}", re.DOTALL) for quotes in ('"""', "'''")}


def _inside_of_strings(text: str) -> set[int]:
    """Return the numbers, from 0, of the lines that begin inside of a string: what they hold is no statement."""
    inside: set[int] = set()
    unclosed: set[str] = set()
    place, line, counted = 0, 0, 0
    while found := _QUOTES.search(text, place):
        place = found.end()
        quotes = found[0]
        end = _ENDS[quotes].match(text, place) if quotes in _ENDS and quotes not in unclosed else None
        if end is not None:
            line += text.count("\n", counted, place)
            last = line + text.count("\n", place, end.end())
            inside.update(range(line + 1, last + 1))
            place = counted = end.end()
            line = last
        elif quotes in _ENDS:
            unclosed.add(quotes)
    return inside


def _statements(
    lines: list[str], place: tuple[int, int], depth: int, left: list[int], inside: set[int]
) -> Iterator[ast.stmt]:
    """Yield what can be parsed of lines that begin at a place of the file, given as line and column from 0."""
    offset, column = place
    tree = _parsed("\n".join(lines))
    if tree is not None:
        yield from _moved(tree, offset, column)
        return
    for start, end in _parts(lines, offset, inside):
        left[0] -= 1
        if left[0] < 0:
            return
        part = lines[start:end]
        tree = _parsed("\n".join(_dedented(part)))
        if tree is not None:
            yield from _moved(tree, offset + start, column + _common_indent(part))
        elif len(part) > 1 and depth < _DEEPEST:
            yield from _statements(part[:1], (offset + start, column), depth + 1, left, inside)
            below = (offset + start + 1, column + _common_indent(part[1:]))
            yield from _statements(_dedented(part[1:]), below, depth + 1, left, inside)
        else:
            yield from _by_words(part, (offset + start, column), inside)


def _parsed(text: str) -> ast.Module | None:
    for attempt in (text, _with_later_syntax(text)):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(attempt)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return None


def _with_later_syntax(text: str) -> str:
    for pattern, replacement in _LATER:
        text = pattern.sub(replacement, text)
    return text


def _moved(tree: ast.Module, lines: int, columns: int = 0) -> list[ast.stmt]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.stmt, ast.expr)):
            node.lineno += lines
            node.end_lineno = (node.end_lineno or node.lineno) + lines
            node.col_offset += columns
            node.end_col_offset = (node.end_col_offset or 0) + columns
    return tree.body


def _parts(lines: list[str], offset: int, inside: set[int]) -> Iterator[tuple[int, int]]:
    """Yield where each statement begins and ends, by indentation alone."""
    own = [number for number, line in enumerate(lines) if line.strip() and offset + number not in inside]
    base = min((_indent(lines[number]) for number in own), default=0)
    starts = [number for number in own if _indent(lines[number]) <= base]
    starts = [number for number in starts if lines[number].lstrip()[:1] not in (")", "]", "}")] or starts
    if not starts or starts[0] != 0:
        starts.insert(0, 0)
    yield from zip(starts, [*starts[1:], len(lines)], strict=True)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _common_indent(lines: list[str]) -> int:
    return min((_indent(line) for line in lines if line.strip()), default=0)


def _dedented(lines: list[str]) -> list[str]:
    cut = _common_indent(lines)
    return [line[cut:] for line in lines]


def _import_in(line: str) -> re.Match[str] | None:
    """Return the first import statement of a line: at its beginning, or after a semicolon that is in no text."""
    found = _IMPORT.match(line)
    if found is not None or ";" not in line:
        return found
    plain = _QUOTES.sub(lambda text: "_" * len(text[0]), line)
    places = (place for place, letter in enumerate(plain) if letter == ";")
    return next((one for place in places if (one := _IMPORT.match(plain, place)) is not None), None)


def _by_words(lines: list[str], above: tuple[int, int], inside: set[int]) -> Iterator[ast.stmt]:
    """Read an import statement out of a line that cannot be parsed."""
    offset, column = above
    for number, line in enumerate(lines):
        found = _import_in(line) if offset + number not in inside else None
        if found is None:
            continue
        place = {"lineno": offset + number + 1, "col_offset": column + found.start() + _indent(found[0].lstrip(";"))}
        place |= {"end_lineno": place["lineno"], "end_col_offset": column + found.end()}
        module, members, modules = found.groups()
        names = [ast.alias(name=one[0]) for one in _NAME.finditer(members or modules or "") if one[0] != "as"]
        if module and not module.startswith("."):
            yield ast.ImportFrom(module=module, names=names or [ast.alias(name="*")], level=0, **place)
        elif modules and names:
            yield ast.Import(names=names[:1], **place)
