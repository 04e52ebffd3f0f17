"""``tracing-codemod fix`` as a person uses it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from lint_plugin.codemod.command import main

BEFORE = 'from opentelemetry import trace\ntrace.get_current_span().set_attribute("a", 1)\n'
AFTER = 'import tracing_facade as tracing\ntracing.current_span().set_attribute("a", 1)\n'
LEFT = "from opentelemetry import metrics\nmetrics.get_meter('x')\n"


def write(folder: Path, **files: str) -> None:
    """Write files into a folder."""
    for name, content in files.items():
        (folder / f"{name}.py").write_text(content)


def test_files_are_migrated_in_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What was done and what is left is listed with its place; the exit code tells that something changed."""
    write(tmp_path, a=BEFORE, b=LEFT, c="x = 1\n")
    assert main(["fix", str(tmp_path)]) == 1
    assert (tmp_path / "a.py").read_text() == AFTER
    assert (tmp_path / "b.py").read_text() == LEFT
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{tmp_path}/a.py:2:1: migrated get_current_span"
    assert lines[1].startswith(f"{tmp_path}/b.py:1:27: left `from opentelemetry import metrics`: metrics are not")
    assert lines[2] == "migrated 1 use in 1 file; left 1 to a person"


def test_nothing_to_do_is_exit_code_0(tmp_path: Path) -> None:
    """Also the second time, for what the first time migrated."""
    write(tmp_path, a=BEFORE)
    assert main(["fix", str(tmp_path)]) == 1
    assert main(["fix", str(tmp_path)]) == 0


@pytest.mark.parametrize("option", ["--check", "--diff"])
def test_looking_first(tmp_path: Path, option: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is written, and the exit code is the same."""
    write(tmp_path, a=BEFORE)
    assert main(["fix", option, str(tmp_path)]) == 1
    assert (tmp_path / "a.py").read_text() == BEFORE
    shown = capsys.readouterr().out
    assert ("+import tracing_facade as tracing" in shown) is (option == "--diff")
    assert "would migrate" in shown


def test_json_is_for_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Everything that the text says."""
    write(tmp_path, a=BEFORE)
    main(["fix", "--format", "json", str(tmp_path)])
    (found,) = json.loads(capsys.readouterr().out)
    assert found == {
        "path": str(tmp_path / "a.py"),
        "changed": True,
        "problem": "",
        "fixed": [{"line": 2, "column": 1, "idiom": "get_current_span"}],
        "left": [],
        "notes": [],
    }


def test_allowed_and_excluded_files_are_left_alone(tmp_path: Path) -> None:
    """What may import OpenTelemetry is not migrated."""
    write(tmp_path, a=BEFORE, b=BEFORE)
    (tmp_path / "pyproject.toml").write_text('[tool.tracing-facade]\nallow = ["a.py"]\nexclude = ["b.py"]\n')
    assert main(["fix", str(tmp_path)]) == 0
    assert (tmp_path / "a.py").read_text() == (tmp_path / "b.py").read_text() == BEFORE


def test_files_that_cannot_be_migrated_do_not_stop_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """They are named with the reason, and the exit code is 2."""
    write(tmp_path, a="import opentelemetry\ndef (", b=BEFORE)
    (tmp_path / "c.py").write_bytes(b"import opentelemetry\nx = '\xff'\n")
    (tmp_path / "d.py").write_bytes(b"# coding: no-such-thing\nimport opentelemetry\n")
    deep = {
        "e": "(" * 5000 + "1" + ")" * 5000,
        "f": "-" * 50_000 + "1",
        "g": "not " * 50_000 + "x",
        "h": "a" + ".b" * 50_000,
    }
    for name, expression in deep.items():
        (tmp_path / f"{name}.py").write_text(f"import opentelemetry\nx = {expression}\n")
    assert main(["fix", str(tmp_path)]) == 2
    assert (tmp_path / "b.py").read_text() == AFTER
    shown = capsys.readouterr().out
    for name in "acdefgh":
        assert f"{name}.py: cannot be" in shown or f"{name}.py: is nested" in shown


def test_a_path_that_does_not_exist(capsys: pytest.CaptureFixture[str]) -> None:
    """Is a wrong call."""
    assert main(["fix", "/nowhere/at/all"]) == 2
    assert "'/nowhere/at/all' does not exist" in capsys.readouterr().err


def test_modes_and_links_stay(tmp_path: Path) -> None:
    """A script stays executable, a link stays a link."""
    write(tmp_path, real=BEFORE)
    real, link = tmp_path / "real.py", tmp_path / "link.py"
    real.chmod(0o750)
    link.symlink_to(real)
    assert main(["fix", str(link)]) == 1
    assert link.is_symlink()
    assert real.read_text() == AFTER
    assert os.stat(real).st_mode & 0o777 == 0o750
    assert sorted(os.listdir(tmp_path)) == ["link.py", "real.py"]


def test_tracers_that_other_files_import_stay(tmp_path: Path) -> None:
    """The whole call is looked at, not each file alone."""
    source = (
        "from opentelemetry import trace\ntracer = trace.get_tracer('x')\n"
        "with tracer.start_as_current_span('w'): pass\n"
    )  # fmt: skip
    write(tmp_path, telemetry=source, alone=source, user="from .telemetry import (  # the tracer\n    tracer,\n)\n")
    main(["fix", str(tmp_path)])
    assert "tracer = trace.get_tracer" in (tmp_path / "telemetry.py").read_text()
    assert "get_tracer" not in (tmp_path / "alone.py").read_text()
