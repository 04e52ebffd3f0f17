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


@pytest.mark.parametrize(
    ("system", "implementation", "gil_disabled", "variables", "reason"),
    [
        ("posix", "cpython", None, {}, ""),
        ("posix", "cpython", 0, {"TRACING_FACADE_ENGINE": "native"}, ""),
        ("posix", "cpython", 1, {}, "relies on the interpreter's lock"),
        ("posix", "cpython", 1, {"TRACING_FACADE_ENGINE": "native"}, "relies on the interpreter's lock"),
        ("nt", "cpython", None, {}, "needs POSIX"),
        ("posix", "pypy", None, {}, "made for CPython"),
        ("posix", "cpython", None, {"TRACING_FACADE_ENGINE": "python"}, "TRACING_FACADE_ENGINE=python"),
    ],
)
def test_it_is_built_only_where_it_can_run(
    system: str, implementation: str, gil_disabled: object, variables: dict[str, str], reason: str
) -> None:
    """Elsewhere the installation says why not."""
    why_not = runpy.run_path(str(ROOT / "setup.py"), run_name="__why_not__")["why_not"]
    said = why_not(system, implementation, gil_disabled, variables)
    assert reason in said
    assert bool(said) == bool(reason)
