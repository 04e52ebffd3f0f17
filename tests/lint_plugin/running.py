"""Runs the commands of the checker inside of the tests' process."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from lint_plugin.command import main


class Result(NamedTuple):
    """What a command has done.

    Args:
        code: its exit code.
        out: its standard output.
        err: its standard error.
    """

    code: int
    out: str
    err: str

    def findings(self) -> list[dict[str, Any]]:
        """Return what ``--format json`` has printed."""
        found: list[dict[str, Any]] = json.loads(self.out)
        return found

    def places(self) -> list[tuple[str, int, str]]:
        """Return path, line and code of each finding that ``--format json`` has printed."""
        return [(found["path"], found["line"], found["code"]) for found in self.findings()]


Run = Callable[..., Result]


def runner(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return what runs the command in a folder."""
    monkeypatch.chdir(folder)

    def run(*words: str) -> Result:
        code = main(words)
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return run


def write(folder: Path, files: dict[str, str]) -> None:
    """Write files below a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
