"""What is remembered of folders is used as long as they have not changed, and no longer."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from lint_plugin.discovery import File, folders_below, walk
from lint_plugin.listings import SETTLED, Listings
from tests.lint_plugin.running import write

_LATER = 10 * SETTLED


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A program with folders in folders."""
    files = ("a.py", "b.py", "deep/c.py", "deep/er/d.py", "deep/er/notes.md", "logs/e.py")
    write(tmp_path / "program", dict.fromkeys(files, "import os\n"))
    write(tmp_path / "program", {".gitignore": "logs/\n"})
    return tmp_path / "program"


def _listings(tree: Path, version: str = "1", later: int = _LATER) -> Listings:
    return Listings(str(tree.parent / "cache"), version, time.time_ns() + later)


def _files(tree: Path, listings: Listings, gitignore: bool = True) -> list[File]:
    return [file for files in folders_below(str(tree), gitignore, listings=listings) for file in files]


def _walked(tree: Path, later: int = _LATER) -> list[str]:
    return [os.path.relpath(file.path, tree) for file in _files(tree, _listings(tree, later=later))]


def _not_again(path: str) -> object:
    raise AssertionError(f"{path} is listed again")


def test_a_folder_that_has_not_changed_is_not_listed_again(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found in it is given from memory, in the same order."""
    first = _walked(tree)
    assert first == ["a.py", "b.py", "deep/c.py", "deep/er/d.py"]
    monkeypatch.setattr(os, "scandir", _not_again)
    assert _walked(tree) == first


def test_files_and_folders_that_come_and_go_are_seen(tree: Path) -> None:
    """Wherever in the tree they are."""
    _walked(tree)
    write(tree, {"deep/er/new.py": "", "deep/other/f.py": ""})
    os.remove(tree / "b.py")
    assert _walked(tree) == ["a.py", "deep/c.py", "deep/er/d.py", "deep/er/new.py", "deep/other/f.py"]


@pytest.mark.parametrize("rules", ["", "logs/\nd.py\n", "deep\n"])
def test_other_rules_of_git_are_seen(tree: Path, rules: str) -> None:
    """A change inside of `.gitignore` changes no folder, and yet what is left out in all below."""
    _walked(tree)
    write(tree, {".gitignore": rules})
    fresh = [os.path.relpath(file.path, tree) for file in walk(str(tree))]
    assert _walked(tree) == fresh


def test_rules_that_are_switched_off_are_seen(tree: Path) -> None:
    """What was listed with them is listed again without."""
    _walked(tree)
    assert any(file.path.endswith("e.py") for file in _files(tree, _listings(tree), gitignore=False))


def test_a_folder_that_has_just_changed_is_not_remembered(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It could change again within the same tick of its clock."""
    _walked(tree, later=0)
    monkeypatch.setattr(os, "scandir", _not_again)
    with pytest.raises(AssertionError, match="is listed again"):
        _walked(tree)


def test_another_checker_trusts_no_listing(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may look for other files."""
    _walked(tree)
    monkeypatch.setattr(os, "scandir", _not_again)
    with pytest.raises(AssertionError, match="is listed again"):
        _files(tree, _listings(tree, "2"))


def test_settings_that_appear_are_seen(tree: Path) -> None:
    """A folder with settings of its own is not taken for a plain one."""
    _walked(tree)
    write(tree, {"deep/pyproject.toml": "[tool.tracing-facade]\n"})
    plain: set[str] = set()
    list(folders_below(str(tree), plain_folders=plain, listings=_listings(tree)))
    assert {os.path.relpath(path, tree) for path in plain} == {"deep/er"}
