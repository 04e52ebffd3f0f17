"""Every hand-written sample gets the verdict it wants."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lint_plugin.command import main
from tests.lint_plugin.samples import CODES, Expected, Sample, samples

SAMPLES = [pytest.param(sample, id=sample.name) for sample in samples()]


def _wanted(places: frozenset[Expected]) -> set[tuple[str, int, str]]:
    return {(place.path, place.line, CODES.get(place.kind, place.kind)) for place in places}


def _found(capsys: pytest.CaptureFixture[str], *options: str) -> set[tuple[str, int, str]]:
    main(["check", "--format", "json", *options, "."])
    return {(found["path"], found["line"], found["code"]) for found in json.loads(capsys.readouterr().out)}


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_sample_gets_its_verdict(
    sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every line to report is reported with its code, and no other line is."""
    sample.write(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert _found(capsys) == _wanted(sample.expected)


@pytest.mark.parametrize("sample", [sample for sample in samples() if sample.strict], ids=lambda sample: sample.name)
def test_strict_mode_says_more(
    sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Besides what it says by default."""
    sample.write(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert _found(capsys, "--strict") >= _wanted(sample.expected | (sample.strict or frozenset()))


@pytest.mark.parametrize(
    "sample",
    [one for one in samples() if one.strict == frozenset()],
    ids=lambda sample: sample.name,
)
def test_strict_mode_says_no_more_than_that(
    sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is innocent beyond doubt stays so in strict mode."""
    sample.write(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert _found(capsys, "--strict") == _wanted(sample.expected)
