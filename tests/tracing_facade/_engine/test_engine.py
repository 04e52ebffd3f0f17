"""Which engine runs, and how one is forced."""

from __future__ import annotations

import os

import pytest

from tests.conftest import REQUIRE_ALL
from tests.tracing_facade._engine.conftest import AVAILABLE
from tracing_facade._engine import engine
from tracing_facade.errors import ConfigurationError


def test_all_engines_are_tested() -> None:
    """Where no test may be skipped, the native engine must be there, unless it is left out on purpose."""
    assert not REQUIRE_ALL or engine.NATIVE in AVAILABLE or os.environ.get(engine.VARIABLE) == engine.PYTHON


def test_the_engine_tells_its_name(engine_name: str) -> None:
    """It is the one that was asked for."""
    assert engine.name() == engine_name


def test_a_wrong_name_is_a_wrong_configuration() -> None:
    """The message says what is allowed."""
    with engine.forced("rust"), pytest.raises(ConfigurationError, match="'rust' is no engine; use native or python"):
        engine.name()


@pytest.mark.parametrize(
    ("wanted", "abi_flags", "implementation", "reason"),
    [
        ("", "", "cpython", ""),
        ("native", "d", "cpython", ""),
        ("", "t", "cpython", "no global lock"),
        ("native", "td", "cpython", "no global lock"),
        ("", "", "pypy", "made for CPython"),
        ("python", "", "cpython", "TRACING_FACADE_ENGINE=python"),
    ],
)
def test_an_interpreter_that_it_is_not_made_for_does_not_import_it(
    wanted: str, abi_flags: str, implementation: str, reason: str
) -> None:
    """Whether it was built or not: without a global lock it would break memory."""
    said = engine.cannot_load(wanted, abi_flags, implementation)
    assert reason in said
    assert bool(said) == bool(reason)
