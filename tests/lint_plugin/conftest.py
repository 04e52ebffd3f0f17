"""Fixtures for tests of the checker."""

from __future__ import annotations

from pathlib import Path

import pytest

from lint_plugin import program, settings
from tests.lint_plugin.running import Run, runner


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command in a temporary folder that is the working directory."""
    forget()
    return runner(tmp_path, monkeypatch, capsys)


def forget() -> None:
    """Forget settings and projects, which a process reads only once."""
    settings._nearest.cache_clear()
    program.forget()
