"""Puts measured figures into a page of the documentation, between two marks."""

from __future__ import annotations

from pathlib import Path


def replaced(page: str, name: str, content: str) -> str:
    """Return the text of a page with other content between ``<!-- name: begin -->`` and ``<!-- name: end -->``.

    Raises:
        ValueError: the page has no such marks.
    """
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"
    before, found, rest = page.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"the page has no {begin.strip()} and {end} to write between; add both lines to it")
    return f"{before}{begin}{content.rstrip()}\n{end}{after}"


def write(path: Path, name: str, content: str) -> None:
    """Put content into a page on disk, between the marks of this name."""
    path.write_text(replaced(path.read_text(encoding="utf-8"), name, content), encoding="utf-8")
