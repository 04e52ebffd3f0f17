"""Whole programs, written by hand: those that load a sealed module are found, those that only look like it are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from lint_plugin.checker import check_bytes
from lint_plugin.settings import Settings

_CASES = Path(__file__).parents[1] / "cases"


def _programs(name: str) -> list[str]:
    return (_CASES / name).read_text(encoding="utf-8").split("#---\n")


@pytest.mark.parametrize(
    "source", _programs("evasions.txt"), ids=lambda source: source.strip().rpartition("\n")[2][:60]
)
def test_an_evasion_is_found(source: str) -> None:
    """Something is reported, whatever the way."""
    assert check_bytes("program.py", source.encode(), Settings())


@pytest.mark.parametrize(
    "source", _programs("innocents.txt"), ids=lambda source: source.strip().rpartition("\n")[2][:60]
)
def test_an_innocent_program_is_left_alone(source: str) -> None:
    """Nothing is reported."""
    assert check_bytes("program.py", source.encode(), Settings()) == []
