"""A sample of the generated evasions; ``python -m tests.lint_plugin.evasions`` runs all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint_plugin.evasions.measure import measured
from tests.lint_plugin.evasions.pieces import Maker
from tests.lint_plugin.evasions.strings import STRINGS


@pytest.mark.slow
def test_evasions_are_found_and_their_twins_left_alone(tmp_path: Path) -> None:
    """At least 95 of 100 programs that load a sealed module are found, and no program that does not."""
    result = measured(150, tmp_path)
    assert result.evasions > 140
    assert result.share >= 0.95, [one.parts for one in result.missed]
    assert result.wrong == []


@pytest.mark.parametrize("build", STRINGS, ids=lambda build: build.__name__)
def test_a_way_of_building_a_string_builds_it(build: object) -> None:
    """The generator itself is right."""
    piece = build(Maker(1), "opentelemetry.trace")  # type: ignore[operator]  # a builder
    space: dict[str, object] = {"__name__": "__main__"}
    exec("\n".join([*piece.lines, f"result = {piece.expression}"]), space)
    assert space["result"] == "opentelemetry.trace"
