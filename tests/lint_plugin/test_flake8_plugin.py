"""The plugin inside of the real flake8: its options, standard input, wrong settings."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lint_plugin.running import write

FORM = "%(path)s:%(row)d:%(col)d %(code)s"


def _flake8(folder: Path, *words: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flake8", "--select", "TRF", "--format", FORM, *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, input=given, check=False)


def test_standard_input_has_the_settings_of_the_name_that_it_is_given(tmp_path: Path) -> None:
    """Also the baseline, which knows lines that no file on disk has."""
    known = "[[finding]]\npath = 'a.py'\ncode = 'TRF101'\nline = 1\ntext = 'import opentelemetry.a'\n"
    write(tmp_path, {
        "inner/pyproject.toml": "[tool.tracing-facade]\nallow = ['seal.py']\nbaseline = 'known.toml'\n",
        "inner/known.toml": known,
        "inner/a.py": "",
    })  # fmt: skip
    text = "import opentelemetry.a\nimport opentelemetry.b\n"
    found = _flake8(tmp_path, "--isolated", "--stdin-display-name", "inner/a.py", "-", given=text)
    assert found.stdout.splitlines() == ["inner/a.py:2:1 TRF101"]
    assert _flake8(tmp_path, "--isolated", "--stdin-display-name", "inner/seal.py", "-", given=text).stdout == ""
    unnamed = _flake8(tmp_path, "--isolated", "-", given=text)
    assert unnamed.stdout.splitlines() == ["stdin:1:1 TRF101", "stdin:2:1 TRF101"]


def test_options_stand_in_flake8_s_own_file(tmp_path: Path) -> None:
    """A path is relative to that file; the options reach every process."""
    write(tmp_path, {
        ".flake8": (
            "[flake8]\ntracing-config = ./lint/ours.toml\ntracing-allow = seal/**, ./b.py\ntracing-strict = true\n"
        ),
        "lint/ours.toml": "sealed = ['secret']\n",
        **dict.fromkeys(("a.py", "b.py", "c.py"), "import importlib, secret\nimportlib.import_module(input())\n"),
    })  # fmt: skip
    for jobs in ("1", "2"):
        found = _flake8(tmp_path, "--jobs", jobs, ".")
        assert sorted(found.stdout.splitlines()) == [
            "./a.py:1:1 TRF101", "./a.py:2:1 TRF151", "./c.py:1:1 TRF101", "./c.py:2:1 TRF151",
        ]  # fmt: skip


@pytest.mark.parametrize("words", [(), ("--jobs", "2"), ("--tracing-config", "pyproject.toml")])
def test_wrong_settings_end_the_run_without_a_traceback(tmp_path: Path, words: tuple[str, ...]) -> None:
    """With the message that the command has."""
    write(tmp_path, {"pyproject.toml": "[tool.tracing-facade]\nalow = []\n", "a.py": "", "b.py": ""})
    found = _flake8(tmp_path, "--isolated", *words, ".")
    assert found.returncode == 1
    assert "unknown key 'alow'; did you mean allow?" in found.stdout + found.stderr
    assert "Traceback" not in found.stderr


def test_wrong_settings_further_down_are_a_finding(tmp_path: Path) -> None:
    """In each file that they hold for; the others are checked."""
    write(tmp_path, {
        "inner/pyproject.toml": "[tool.tracing-facade]\nalow = []\n",
        "inner/a.py": "",
        "b.py": "import opentelemetry\n",
    })  # fmt: skip
    found = _flake8(tmp_path, "--isolated", ".")
    assert sorted(found.stdout.splitlines()) == ["./b.py:1:1 TRF101", "./inner/a.py:1:1 TRF100"]


def test_a_blanket_comment_does_not_hide_what_is_said_about_it(tmp_path: Path) -> None:
    """It is said behind the end of the file; where comments are not heeded, in its line."""
    write(tmp_path, {"a.py": "import os\nimport opentelemetry  # noqa\n"})
    strict = ("--isolated", "--tracing-strict")
    assert _flake8(tmp_path, *strict, "a.py").stdout.splitlines() == ["a.py:3:1 TRF302"]
    found = _flake8(tmp_path, *strict, "--disable-noqa", "a.py").stdout.splitlines()
    assert found == ["a.py:2:1 TRF101", "a.py:2:23 TRF302"]


def test_codes_are_chosen_as_those_of_other_plugins(tmp_path: Path) -> None:
    """By ``--ignore`` and ``per-file-ignores``."""
    write(tmp_path, {"a.py": "import opentelemetry\n", "b.py": "import opentelemetry\n"})
    assert _flake8(tmp_path, "--isolated", "--extend-ignore", "TRF1", ".").stdout == ""
    found = _flake8(tmp_path, "--isolated", "--per-file-ignores", "a.py:TRF101", ".")
    assert found.stdout.splitlines() == ["./b.py:1:1 TRF101"]


def test_warnings_are_for_the_command(tmp_path: Path) -> None:
    """flake8 knows errors only, and the run is not to fail."""
    write(tmp_path, {
        "pyproject.toml": "[tool.tracing-facade]\nlevels = ['TRF=warning .*']\n",
        "a.py": "import opentelemetry\n",
    })  # fmt: skip
    assert _flake8(tmp_path, "--isolated", "a.py").returncode == 0


def test_the_working_directory_is_no_place_for_rules(tmp_path: Path) -> None:
    """``python -m flake8`` would import from it."""
    write(tmp_path, {
        "pyproject.toml": "[tool.tracing-facade]\nrules = ['trap']\n",
        "trap.py": "open('trapped', 'w').close()\n",
        "a.py": "import opentelemetry\n",
    })  # fmt: skip
    found = _flake8(tmp_path, "--isolated", "a.py")
    assert found.returncode == 1
    assert not os.path.exists(tmp_path / "trapped")
