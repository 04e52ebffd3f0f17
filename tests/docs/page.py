"""Reads a page of the documentation: its examples, headings and links.

A page is run from top to bottom in one empty folder. What an example is, its fence says:

==========================  =========================================================================================
``python``                  a program, run on its own
``python title=FILE``       what is in FILE, which later examples use; so with toml, yaml, ini, csv and others
``console``                 a terminal: commands begin with ``$``, the rest is what they print; ``...`` is any text
``console title=TERMINAL``  another terminal, whose command goes on running; without a command: what it shows next
``output``                  what the program before printed
``sh``                      not run; a comment before it, ``<!-- not run: why -->``, says why
``text``                    a picture
==========================  =========================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.repository import ROOT, tracked_files

_FENCE = re.compile(r"(?P<indent> *)(?P<marks>`{3,})(?P<kind>[\w-]*)(?: +title=(?P<title>\S+))? *\Z")
_NOT_RUN = re.compile(r"<!-- not run: (.+) -->\Z")
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_HEADING = re.compile(r"#+ (.+)\Z")


@dataclass(frozen=True)
class Example:
    """One fenced block of a page."""

    kind: str
    title: str
    text: str
    line: int
    not_run: str


def pages() -> tuple[Path, ...]:
    """Return every page, relative to the repository."""
    return tuple(path for path in tracked_files() if path.suffix == ".md" and path.parts[0] in ("docs", "README.md"))


def examples(page: Path) -> Iterator[Example]:
    """Yield the fenced blocks of a page, from top to bottom."""
    opened: re.Match[str] | None = None
    start, body, reason = 0, list[str](), ""
    for number, line in enumerate(_lines(page), 1):
        fence = _FENCE.match(line)
        if opened is None:
            if fence:
                opened, start, body = fence, number, []
            elif line.strip():
                found = _NOT_RUN.match(line.strip())
                reason = found[1] if found else ""
        elif fence and fence["marks"] == opened["marks"] and not fence["kind"]:
            yield Example(opened["kind"], opened["title"] or "", "\n".join(body) + "\n", start, reason)
            opened, reason = None, ""
        else:
            body.append(line.removeprefix(opened["indent"]))
    assert opened is None, f"{page}:{start}: the block that begins here does not end"


def links(page: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and target of every link outside of code."""
    prose = dict(_prose(page))
    text = "\n".join(re.sub(r"(`+).+?\1", "", prose.get(number, "")) for number in range(max(prose, default=0) + 1))
    for found in _LINK.finditer(text):
        yield text.count("\n", 0, found.start()), found["target"]


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, made as GitHub makes them."""
    return {_anchor(found[1]) for _, line in _prose(page) if (found := _HEADING.match(line))}


def _anchor(heading: str) -> str:
    kept = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading.strip().lower()))
    return kept.replace(" ", "-")


def _prose(page: Path) -> Iterator[tuple[int, str]]:
    inside = False
    for number, line in enumerate(_lines(page), 1):
        if _FENCE.match(line):
            inside = not inside
        elif not inside:
            yield number, line


def _lines(page: Path) -> list[str]:
    return (ROOT / page).read_text(encoding="utf-8").splitlines()
