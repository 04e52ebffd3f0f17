"""Every example of the README and the documentation does what its page says."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.docs.page import examples, pages
from tests.docs.rehearsal import Rehearsal
from tests.docs.terminal import Mismatch

WITH_EXAMPLES = tuple(page for page in pages() if any(examples(page)))


@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=str)
def test_the_examples_of_a_page_run(page: Path, tmp_path: Path) -> None:
    """Programs exit with 0, and commands show what the page says they show."""
    if any("$ curl" in example.text for example in examples(page)) and not shutil.which("curl"):
        pytest.skip("curl is not installed; on Debian: apt-get install curl")
    rehearsal = Rehearsal(tmp_path)
    try:
        for example in examples(page):
            try:
                rehearsal.perform(example)
            except Mismatch as mismatch:
                pytest.fail(f"{page}:{example.line}: {mismatch}", pytrace=False)
    finally:
        rehearsal.close()


@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=str)
def test_what_is_not_run_says_why(page: Path) -> None:
    """A shell example that no test runs has its reason above it, and every fence says what it is."""
    kinds = {"python", "console", "output", "text", "sh"}
    for example in examples(page):
        assert example.kind in kinds or example.title, f"{page}:{example.line}: what is a {example.kind!r} block?"
        if example.kind == "sh":
            assert example.not_run, f"{page}:{example.line}: make it ```console, or say <!-- not run: why -->"
