"""The settings for ruff, used by the real ruff: it finds what it is said to find and misses what it is said to miss."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from lint_plugin.cases import case
from lint_plugin.rule import Rule, all_rules
from tests.lint_plugin.conftest import forget
from tests.lint_plugin.running import Run, write

Place = tuple[str, int]


def _ruff(folder: Path) -> set[Place]:
    """Return where ruff reports what is banned."""
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format", "json", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    found = json.loads(done.stdout)
    top = folder.resolve()
    return {
        (Path(one["filename"]).resolve().relative_to(top).as_posix(), one["location"]["row"])
        for one in found
        if one["code"] == "TID251"
    }


def _ours(run: Run, *codes: str) -> set[Place]:
    """Return where the checker reports these codes."""
    forget()
    places = run("check", "--strict", "--no-cache", "--format", "json", ".").places()
    return {(path, line) for path, line, code in places if code.startswith(codes)}


def _lay_out(folder: Path, rules: Iterable[Rule]) -> None:
    for rule in rules:
        for number, text in enumerate(rule.rejects):
            settings, files = case(text)
            # ruff has one file of settings for all, written from none of ours.
            if "presets" not in settings:
                write(folder / f"{rule.code}_{number}", {"tracing-facade.toml": settings, **files})


def test_ruff_loads_the_settings_and_allows_what_they_allow(run: Run, tmp_path: Path) -> None:
    """Files, folders, names with brackets; and not a file of the same name elsewhere."""
    settings = (
        "[tool.tracing-facade]\nallow = ['seal/**', 'odd[1].py', 'setup.py']\nexclude = ['made/']\n"
        "permit = ['opentelemetry.metrics']\npresets = ['sentry']\n"
    )
    files = ("seal/a.py", "seal/deep/b.py", "odd[1].py", "odd1.py", "setup.py", "inner/setup.py", "made/c.py", "d.py")
    source = "import opentelemetry\nimport sentry_sdk\nsentry_sdk.start_span()\nfrom sentry_sdk import start_span\n"
    write(tmp_path, {"pyproject.toml": settings, **dict.fromkeys(files, source)})
    text = run("export", "ruff").out
    assert "which are permitted: opentelemetry.metrics" in text
    write(tmp_path, {"ruff.toml": text})
    assert _ruff(tmp_path) == {(path, line) for path in ("odd1.py", "inner/setup.py", "d.py") for line in (1, 3, 4)}
    assert _ruff(tmp_path) == _ours(run, "TRF101", "TRF110", "TRF201")


def test_ruff_misses_what_it_is_said_to_miss(run: Run, tmp_path: Path) -> None:
    """Every place that a rule on the list reports in its own cases; no rule that ruff misses whole is left out."""
    text = run("export", "ruff").out
    said = tuple(code.rstrip("x") for code in re.findall(r"^#   (TRF[\dx]{3}) ", text, re.MULTILINE))
    rules = [found.rule for found in all_rules()]
    _lay_out(tmp_path, [rule for rule in rules if rule.code.startswith(said)])
    write(tmp_path, {"ruff.toml": text})
    assert [code for code in said if not _ours(run, code)] == []
    # A comment that suppresses ours leaves the import to ruff.
    assert _ours(run, *(code for code in said if code != "TRF3")) & _ruff(tmp_path) == set()
    unsaid = [rule.code for rule in rules if not rule.code.startswith(said)]
    # Of files that do not parse ruff has an error of its own.
    assert unsaid == ["TRF100", "TRF101", "TRF110"]


def test_ruff_finds_static_imports(run: Run, tmp_path: Path) -> None:
    """Those in files that this version of Python can parse, at the very lines."""
    _lay_out(tmp_path, [found.rule for found in all_rules() if found.rule.code == "TRF101"])
    write(tmp_path, {"ruff.toml": run("export", "ruff").out})
    found = {place for place in _ours(run, "TRF101") if _parses(tmp_path / place[0])}
    assert found
    reported = _ruff(tmp_path)
    missed = {place for place in found if not {place, (place[0], place[1] + 1)} & reported}
    assert missed == set()


def _parses(file: Path) -> bool:
    try:
        ast.parse(file.read_bytes())
    except SyntaxError:
        return False
    return True


@pytest.mark.parametrize("glob", ["src/*.py", "**/*_seal.py"])
def test_a_star_that_means_more_to_ruff_is_named(run: Run, tmp_path: Path, glob: str) -> None:
    """Since files would be allowed that are not."""
    write(tmp_path, {"pyproject.toml": f"[tool.tracing-facade]\nallow = ['{glob}', 'seal/**']\n"})
    forget()
    assert f"allow more than here: {glob}\n" in run("export", "ruff").out
