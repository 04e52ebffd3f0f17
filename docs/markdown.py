"""Turns tables and docstrings into Markdown."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence

SECTIONS = ("Args:", "Returns:", "Raises:", "Yields:")
_RULE = re.compile(r"=+( +=+)+\Z")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a bar inside of a cell does not end it."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def code_block(text: str) -> str:
    """Return text as an indented block; fences are for examples that are run."""
    return textwrap.indent(textwrap.dedent(text).strip("\n"), "    ", lambda line: line.strip() != "")


def inline(text: str) -> str:
    """Return the inline mark-up of a docstring as Markdown's, in which ``<`` outside of code would begin HTML."""
    parts = text.replace("``", "`").split("`")
    return "`".join(part if number % 2 else part.replace("<", "&lt;") for number, part in enumerate(parts))


def summary(documented: object) -> str:
    """Return the first paragraph of a docstring, on one line."""
    return inline(" ".join((inspect.getdoc(documented) or "").split("\n\n")[0].split()))


def from_docstring(text: str) -> str:
    """Return a whole docstring as Markdown: paragraphs, literal blocks, tables, lists for ``Args:`` and the like."""
    return "\n\n".join(_blocks(inspect.cleandoc(text).split("\n\n")))


def _blocks(paragraphs: Iterable[str]) -> Iterator[str]:
    literal = False
    for paragraph in paragraphs:
        lines = paragraph.splitlines()
        if literal and all(line.startswith(" ") or not line for line in lines):
            yield code_block(paragraph)
            continue
        literal = lines[-1].endswith("::")
        if lines[0] in SECTIONS:
            yield _section(lines)
        elif _RULE.match(lines[0]):
            yield rst_table(lines)
        elif paragraph.strip() != "::":
            text = paragraph[:-1] if literal else paragraph
            yield inline(text if _is_list(lines) else " ".join(text.split()))


def _is_list(lines: Sequence[str]) -> bool:
    return lines[0].startswith(("* ", "- ", "1. "))


def _section(lines: Sequence[str]) -> str:
    title, body = lines[0].rstrip(":"), textwrap.dedent("\n".join(lines[1:]))
    if title in ("Returns", "Yields"):
        return f"{title}: {inline(' '.join(body.split()))}"
    return "\n".join([f"{title}:", "", *(f"- {_item(item)}" for item in _items(body))])


def _items(body: str) -> Iterator[str]:
    item: list[str] = []
    for line in body.splitlines():
        if item and not line.startswith(" "):
            yield " ".join(item)
            item = []
        item.append(line.strip())
    yield " ".join(item)


def _item(item: str) -> str:
    name, colon, meaning = item.partition(": ")
    return f"`{name}`: {inline(meaning)}" if colon else inline(item)


def rst_table(lines: Sequence[str]) -> str:
    """Return a simple table of reStructuredText, with or without a head, as Markdown's."""
    starts = [match.start() for match in re.finditer("=+", lines[0])]
    ends = [*starts[1:], None]
    rows: list[list[str]] = []
    rules = [number for number, line in enumerate(lines) if _RULE.match(line)]
    for number, line in enumerate(lines):
        if number in rules:
            continue
        cells = [inline(line[start:end].strip()) for start, end in zip(starts, ends, strict=True)]
        if rows and not cells[0]:
            rows[-1] = [f"{above} {cell}".strip() for above, cell in zip(rows[-1], cells, strict=True)]
        else:
            rows.append(cells)
    head = rows.pop(0) if len(rules) > 2 else [""] * len(starts)
    return table(head, rows)
