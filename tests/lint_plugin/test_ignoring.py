"""``.gitignore`` is read as git reads it; git itself is the oracle."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from lint_plugin.discovery import files_below
from tests.lint_plugin.running import write

FILES = [
    "a.py", "b.py", "deep/a.py", "deep/b.py", "deep/er/a.py", "deep/er/b.py", "gen/x.py", "gen/keep.py",
    "deep/gen/y.py",
    "logs/a.py", "a space.py", "x1.py", "x2.py", "x[1].py", "#hash.py", "!bang.py", "foo/bar/baz.py", "foo/a/bar/q.py",
    "foo.py/inner.py", "caps.PY.py",
]  # fmt: skip

CASES = [
    "a.py",
    "/a.py",
    "deep/a.py",
    "deep/",
    "/deep/*.py",
    "deep/**",
    "**/b.py",
    "deep/**/a.py",
    "gen/\n!gen/keep.py",
    "gen/*\n!gen/keep.py",
    "*.py\n!a.py",
    "x?.py",
    "x[12].py",
    "x[!1].py",
    "x[^1].py",
    r"x\[1\].py",
    r"\#hash.py",
    "#hash.py",
    r"\!bang.py",
    "a space.py   ",
    "a\\ space.py",
    "foo/**/bar",
    "foo/*/bar/",
    "foo.py/",
    "foo.py",
    "/*\n!/deep\n/deep/*\n!/deep/er",
    "**",
    "*\n!*/\n!b.py",
    "deep/er",
    "  a.py",
    "[a-b].py",
    "caps.py",
    "\r\na.py\r",
    "[",
    "a.py\\",
]


def _git(*words: str, cwd: Path) -> str:
    return subprocess.run(["git", *words], cwd=cwd, check=True, capture_output=True, text=True).stdout


def _listed(folder: Path) -> set[str]:
    listed = _git("ls-files", "-z", "--others", "--exclude-standard", cwd=folder)
    return {name for name in listed.split("\0") if name.endswith(".py")}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with files of many names."""
    _git("init", "--quiet", cwd=tmp_path)
    write(tmp_path, dict.fromkeys(FILES, ""))
    return tmp_path


@pytest.mark.parametrize("rules", CASES, ids=repr)
def test_what_git_ignores_is_left_out(repository: Path, rules: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same files are left as git lists."""
    (repository / ".gitignore").write_text(rules + "\n")
    monkeypatch.chdir(repository)
    assert set(files_below(".")) == _listed(repository)


def test_deeper_files_override(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of folders in between and of .git/info/exclude count too."""
    (repository / ".gitignore").write_text("a.py\n")
    (repository / "deep" / ".gitignore").write_text("!a.py\ner/b.py\n")
    (repository / ".git" / "info" / "exclude").write_text("x1.py\n")
    monkeypatch.chdir(repository)
    assert set(files_below(".")) == _listed(repository)


def test_a_folder_below_the_top_is_judged_from_the_top(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Checking `deep` gives what checking everything gives there."""
    (repository / ".gitignore").write_text("/deep/a.py\ner/a.py\n")
    monkeypatch.chdir(repository)
    assert set(files_below("deep")) == {name for name in _listed(repository) if name.startswith("deep" + os.sep)}


def test_it_can_be_turned_off(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For those who want to check what git does not see."""
    (repository / ".gitignore").write_text("*\n")
    monkeypatch.chdir(repository)
    assert set(files_below(".")) == set()
    assert set(files_below(".", gitignore=False)) == set(FILES)
