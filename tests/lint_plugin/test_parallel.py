"""Work in other processes: what it returns, and what becomes of it when it fails."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lint_plugin import parallel
from tests.lint_plugin.running import write

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")


def test_an_errand_returns_what_was_found() -> None:
    """However much it is."""
    much = ["\udcff" + "x" * 200_000, 1, (2, None)]
    assert parallel.Errand(lambda: much).answer() == much


def test_an_errand_that_is_over_still_answers() -> None:
    """Whether it is asked about its end before, or not."""
    errand = parallel.Errand(lambda: [1])
    until = time.monotonic() + 30
    while not errand.is_over() and time.monotonic() < until:
        time.sleep(0.01)
    assert errand.is_over()
    assert errand.answer() == [1]


@pytest.mark.parametrize("work", [lambda: 1 // 0, lambda: os.kill(os.getpid(), 9)], ids=["raises", "is killed"])
def test_an_errand_that_fails_has_no_answer(work: object) -> None:
    """And harms nobody else."""
    assert callable(work)
    assert parallel.Errand(work).answer() is None


@pytest.mark.parametrize("more", [(), ("--no-cache",)], ids=["with a cache", "without"])
def test_another_process_finds_the_same_files(tmp_path: Path, more: tuple[str, ...]) -> None:
    """With the same settings, whether they are remembered or not."""
    write(tmp_path, {
        "pyproject.toml": "[tool.tracing-facade]\nexclude = ['a/x.py']\n",
        **dict.fromkeys(("a/x.py", "a/y.py", "b/w.py", "b/c/v.py"), "import opentelemetry\n"),
        "b/.gitignore": "w.py\n", "b/tracing-facade.toml": "levels = ['TRF101=warning .*']\n",
    })  # fmt: skip
    found = _checked(tmp_path, "--jobs", "2", *more)
    assert found.stdout.splitlines() == _checked(tmp_path, "--jobs", "1", "--no-cache").stdout.splitlines()
    assert [line.split(":")[0] for line in found.stdout.splitlines()] == ["a/y.py", "b/c/v.py"]
    assert found.returncode == 1
    assert _checked(tmp_path, "--jobs", "2", *more).stdout == found.stdout


def test_wrong_settings_are_told_whoever_finds_them(tmp_path: Path) -> None:
    """As they are in one process, once."""
    write(tmp_path, {"a/tracing-facade.toml": "nonsense = 1\n", "a/x.py": ""})
    found = _checked(tmp_path, "--jobs", "2")
    assert found.returncode == 2
    assert found.stderr.count("nonsense") == 1
    assert "Traceback" not in found.stderr


def _checked(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    # Not in this process, which has threads.
    command = [sys.executable, "-m", "lint_plugin.command", "check", "--format", "concise", *words, "."]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
