"""Writes what was measured into the documentation: between two marks of a page, and as a picture beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.benchmarks import plot, report
from tests.support.repository import ROOT

PAGE = ROOT / "docs" / "explanation" / "performance.md"
PLOT = PAGE.with_name("performance.svg")


def write(results: dict[str, Any]) -> None:
    """Put the table of one run, and its plot, into the place of those of the run before."""
    said = report.described(results)
    replace(PAGE, "figures", f"Measured {said}.\n\n{report.as_markdown(results)}")
    PLOT.write_text(plot.as_svg(results["figures"], said), encoding="utf-8")


def replace(page: Path, name: str, content: str) -> None:
    """Put ``content`` between the marks ``<!-- NAME: begin -->`` and ``<!-- NAME: end -->`` of a page.

    Raises:
        ValueError: the page does not have both marks, once each.
    """
    text = page.read_text(encoding="utf-8")
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->\n"
    if text.count(begin) != 1 or text.count(end) != 1:
        raise ValueError(f"{page} must have the lines {begin!r} and {end!r} once each")
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    page.write_text(f"{before}{begin}\n{content}\n\n{end}{after}", encoding="utf-8")
