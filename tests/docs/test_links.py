"""No link leads nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.page import anchors, links, pages
from tests.support.repository import ROOT


@pytest.mark.parametrize("page", pages(), ids=str)
def test_links_lead_somewhere(page: Path) -> None:
    """A link names a file of the repository, and a heading that the file has."""
    for line, target in links(page):
        if target.startswith(("https://", "http://")):
            continue
        name, _, anchor = target.partition("#")
        linked = (ROOT / page.parent / name).resolve() if name else ROOT / page
        assert linked.exists(), f"{page}:{line}: {target} does not exist"
        if anchor:
            assert anchor in anchors(linked.relative_to(ROOT)), f"{page}:{line}: {name or page} has no #{anchor}"


@pytest.mark.parametrize("page", [page for page in pages() if page.parts[0] == "docs"], ids=str)
def test_every_page_can_be_found(page: Path) -> None:
    """A page is linked from the index of the documentation."""
    index = Path("docs/README.md")
    linked = {(ROOT / "docs" / target.partition("#")[0]).resolve() for _, target in links(index)}
    assert page == index or (ROOT / page).resolve() in linked, f"{page} is not linked from {index}"
