"""The native engine that is loaded is the one in the source tree, and fits into its limits."""

from __future__ import annotations

import runpy

import pytest

from tests.support.repository import ROOT
from tracing_facade._engine import engine

MOST_LINES = 400
FOLDER = ROOT / "tracing_facade" / "_engine" / "native"


def test_the_build_is_of_these_sources() -> None:
    """An old build would be tested in place of what is written; `make install` builds anew."""
    core = engine.native()
    if core is not None:
        digest = runpy.run_path(str(ROOT / "setup.py"), run_name="__digest__")["sources_digest"]
        assert digest() == core.SOURCES, "the native engine is older than its sources: run `make install`"


@pytest.mark.parametrize("path", [*FOLDER.glob("*.pyx"), *FOLDER.glob("*.pxi")], ids=lambda path: path.name)
def test_a_part_fits_in_the_head_of_its_reader(path: object) -> None:
    """No source file has more than 400 lines, and each opens with its purpose."""
    text = (FOLDER / str(path)).read_text(encoding="utf-8")
    assert text.count("\n") <= MOST_LINES
    assert text.startswith(("# ", '"""'))
