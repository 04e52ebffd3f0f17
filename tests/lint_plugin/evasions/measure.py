"""Compares what the checker says of generated programs with what running them shows."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from lint_plugin.checker import check_bytes
from lint_plugin.settings import Settings
from tests.lint_plugin.evasions.generator import INNOCENT, Program, harmless, program
from tests.lint_plugin.evasions.truth import all_loads


class Measured(NamedTuple):
    """The figures.

    Args:
        programs: how many were made to load a sealed module.
        evasions: how many of them do.
        missed: those of which the checker says nothing.
        twins: how many programs load nothing that is sealed.
        wrong: those that the checker reports all the same.
    """

    programs: int
    evasions: int
    missed: list[Program]
    twins: int
    wrong: list[Program]

    @property
    def found(self) -> int:
        """How many evasions are found."""
        return self.evasions - len(self.missed)

    @property
    def share(self) -> float:
        """Which part of the evasions is found."""
        return self.found / self.evasions


def measured(count: int, folder: Path, start: int = 0) -> Measured:
    """Return the figures for so many programs, and as many innocent twins."""
    seeds = range(start, start + count)
    programs = [program(seed) for seed in seeds]
    loading = list(all_loads((one.source for one in programs), folder))
    evasions = [one for one, loads in zip(programs, loading, strict=True) if loads]
    missed = [one for one in evasions if not _reported(one)]
    twins = [program(seed, INNOCENT) for seed in seeds] + [harmless(seed) for seed in seeds]
    wrong = [twin for twin in twins if _reported(twin)]
    # What is reported without cause must do nothing: some harmless uses of a name are harmful with others.
    loading = list(all_loads((one.source for one in wrong), folder))
    wrong = [twin for twin, loads in zip(wrong, loading, strict=True) if not loads]
    return Measured(count, len(evasions), missed, len(twins), wrong)


def _reported(one: Program) -> bool:
    return bool(check_bytes("program.py", one.source.encode(), Settings()))
