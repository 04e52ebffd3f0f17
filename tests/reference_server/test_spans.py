"""The spans of the server: read without running, as they are at run time, and the promises about them kept."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lint_plugin.declarations import read_declarations
from reference_server import spans
from tests.support.repository import ROOT
from tracing_facade import SpanSpec

DECLARATIONS = "reference_server/spans.py"
GOLDEN = "tests/golden/reference_server_spans.yaml"
STABLE_ATTRIBUTE = 'AttributeSpec(\n    "apiserver.resource",\n'
RENAMED = 'AttributeSpec(\n    "apiserver.resource_name",\n'
ALIASED = f'{RENAMED}    aliases=("apiserver.resource",),\n    deprecated_version="0.1",\n'


def _spans(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lint_plugin.command", "spans", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def test_the_reader_sees_what_the_run_time_sees() -> None:
    """Every declaration, in every field."""
    read = read_declarations(str(ROOT / DECLARATIONS))
    assert read.refusals == ()
    imported = {name: str(value) for name, value in vars(spans).items() if isinstance(value, SpanSpec)}
    assert {span.constant: str(span.spec) for span in read.spans} == imported


def test_the_promises_are_kept() -> None:
    """Every change since the golden file was written is compatible."""
    done = _spans("check", DECLARATIONS, "--against", GOLDEN)
    assert done.returncode == 0, done.stdout


def test_the_golden_file_is_up_to_date() -> None:
    """What is promised is written down before somebody relies on it."""
    done = _spans("golden", DECLARATIONS, "--check", GOLDEN)
    assert done.returncode == 0, done.stdout


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """A file for changed declarations."""
    return tmp_path / "spans.py"


def _change(changed: Path, attribute: str) -> None:
    source = (ROOT / DECLARATIONS).read_text(encoding="utf-8")
    assert source.count(STABLE_ATTRIBUTE) == 1
    changed.write_text(source.replace(STABLE_ATTRIBUTE, attribute), encoding="utf-8")


def test_a_renamed_stable_attribute_fails_with_what_to_do(changed: Path) -> None:
    """One verdict for all spans that have the attribute."""
    _change(changed, RENAMED)
    done = _spans("check", str(changed), "--against", GOLDEN, "--release", "0.1")
    assert done.returncode == 1
    assert "needs alias: attribute apiserver.resource (STABLE) seems to be apiserver.resource_name now" in done.stdout
    assert 'fix: add aliases=("apiserver.resource",), deprecated_version="0.1" to AttributeSpec(' in done.stdout
    assert done.stdout.endswith("1 needs alias\n")


def test_with_its_alias_it_passes(changed: Path) -> None:
    """And nothing else has to be done."""
    _change(changed, ALIASED)
    done = _spans("check", str(changed), "--against", GOLDEN, "--release", "0.1")
    assert done.returncode == 0, done.stdout
