"""What is no readable source file gets a message, whatever else it is, and everything beside it is checked."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

_BAD = "import opentelemetry\n"


def _pipe(folder: Path) -> None:
    os.mkfifo(folder / "odd.py")


def _circle(folder: Path) -> None:
    (folder / "odd.py").symlink_to("odd.py")


def _dangling(folder: Path) -> None:
    (folder / "odd.py").symlink_to("nowhere.py")


def _device(folder: Path) -> None:
    (folder / "odd.py").symlink_to("/dev/zero")


def _huge(folder: Path) -> None:
    with open(folder / "odd.py", "wb") as stream:
        stream.truncate(40_000_000)


def _folder(folder: Path) -> None:
    (folder / "odd.py").mkdir()


def _circle_of_folders(folder: Path) -> None:
    (folder / "odd").mkdir()
    (folder / "odd" / "up").symlink_to("..")


def _name_that_is_no_text(folder: Path) -> None:
    with open(os.fsencode(folder) + b"/odd\xff.py", "w") as stream:
        stream.write("from opentelemetry import trace\n")


def _name_with_line_end(folder: Path) -> None:
    (folder / "odd\n.py").write_text(_BAD)


def _deep(folder: Path) -> None:
    (folder / "odd.py").write_text(_BAD + "x = " + "(" * 5_000 + ")" * 5_000)


def _zeros(folder: Path) -> None:
    (folder / "odd.py").write_bytes(bytes(5_000) + _BAD.encode())


def _encoding(folder: Path) -> None:
    (folder / "odd.py").write_text("# coding: utf-16\n" + _BAD)


def _notebook(folder: Path) -> None:
    (folder / "odd.ipynb").write_text('{"cells": [{"cell_type": "code", "source": 1}, 2]}')


# How each is made, and whether something is said about it.
_TREES: list[tuple[Callable[[Path], None], bool]] = [
    (_pipe, True),
    (_circle, True),
    (_dangling, True),
    (_device, True),
    (_huge, True),
    (_folder, False),
    (_circle_of_folders, False),
    (_name_that_is_no_text, True),
    (_name_with_line_end, True),
    (_deep, True),
    (_zeros, True),
    (_encoding, True),
    (_notebook, True),
]


@pytest.mark.parametrize(("make", "is_told"), _TREES, ids=lambda made: getattr(made, "__name__", ""))
@pytest.mark.parametrize("settings", ["", "strict = true\nallow = ['allowed.py']\n"], ids=["plain", "whole program"])
def test_the_rest_is_checked(make: Callable[[Path], None], is_told: bool, settings: str, tmp_path: Path) -> None:
    """Also where all files are searched for names that are passed on."""
    (tmp_path / "pyproject.toml").write_text(f"[tool.tracing-facade]\nnotebooks = true\n{settings}")
    (tmp_path / "plain.py").write_text(_BAD)
    (tmp_path / "allowed.py").write_text("from opentelemetry import trace\n")
    make(tmp_path)
    command = [sys.executable, "-m", "lint_plugin.command", "check", "--format", "concise", "--no-cache"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60, check=False)
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    assert done.returncode == 1, done.stderr.decode()
    assert done.stderr == b""
    assert any(line.startswith("plain.py:1:1: TRF101") for line in lines)
    assert any(line.startswith("odd") for line in lines) is is_told


def test_a_file_that_vanishes_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between finding it and reading it."""
    from lint_plugin.checking import Plan, check, tasks_for

    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.py").write_text(_BAD)
    (tmp_path / "b.py").write_text(_BAD)
    tasks = tasks_for(["."], Plan())
    (tmp_path / "a.py").unlink()
    assert [(found.path, found.code) for found in check(tasks, Plan())] == [("a.py", "TRF100"), ("b.py", "TRF101")]


def test_a_file_that_grows_or_shrinks_is_read_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever its size was when it was found."""
    from lint_plugin.checking import Plan, check, tasks_for

    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.py").write_text("x = 1\n" * 1_000)
    (tmp_path / "b.py").write_text("")
    tasks = tasks_for(["."], Plan())
    (tmp_path / "a.py").write_text(_BAD)
    (tmp_path / "b.py").write_text("x = 1\n" * 1_000 + _BAD)
    assert [(found.path, found.line) for found in check(tasks, Plan())] == [("a.py", 1), ("b.py", 1_001)]
