"""``--since REV`` reports only what has changed since a git revision."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.lint_plugin.running import Run, write


def _git(*words: str, cwd: Path) -> None:
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *identity, *words], cwd=cwd, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one finding in its first commit, and new ones since."""
    _git("init", "--quiet", cwd=tmp_path)
    write(tmp_path, {"old.py": "import opentelemetry\n\n\nx = 1\n", "same.py": "import opentelemetry\n"})
    _git("add", "--all", cwd=tmp_path)
    _git("commit", "--quiet", "--message", "first", cwd=tmp_path)
    write(tmp_path, {"old.py": "import opentelemetry\n\n\nx = 1\nimport opentelemetry.a\n", "new \u00e4.py": "import opentelemetry\n"})  # fmt: skip  # noqa: E501
    return tmp_path


def test_only_changed_lines_are_reported(run: Run, repository: Path) -> None:
    """New lines of old files, and files that git does not know yet."""
    found = run("check", "--since", "HEAD", "--format", "json", ".")
    assert found.code == 1
    assert found.places() == [("new \u00e4.py", 1, "TRF101"), ("old.py", 5, "TRF101")]


def test_committed_changes_count_too(run: Run, repository: Path) -> None:
    """Against an older revision."""
    _git("add", "--all", cwd=repository)
    _git("commit", "--quiet", "--message", "second", cwd=repository)
    assert run("check", "--since", "HEAD", ".").code == 0
    assert len(run("check", "--since", "HEAD~1", "--format", "json", ".").places()) == 2


@pytest.mark.parametrize("revision", ["nonsense", "--help"])
def test_a_wrong_revision_is_named(run: Run, repository: Path, revision: str) -> None:
    """Git is quoted, and no revision is taken for an option."""
    result = run("check", f"--since={revision}", ".")
    assert result.code == 2
    assert "name a commit, tag or branch" in result.err


def test_it_takes_a_repository(run: Run, tmp_path: Path) -> None:
    """Outside of one, that is said."""
    write(tmp_path, {"a.py": ""})
    assert "git says" in run("check", "--since", "HEAD", ".").err
