"""The hooks, run by the real pre-commit from a clone of this repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
SHIPPED = ("lint_plugin", "tracing_facade", "reference_server", ".pre-commit-hooks.yaml", "pyproject.toml", "README.md")


def _git(*words: str, cwd: Path) -> str:
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "init.defaultBranch=main"]
    return subprocess.run(["git", *identity, *words], cwd=cwd, check=True, capture_output=True, text=True).stdout


def _repository(folder: Path) -> str:
    _git("init", "--quiet", cwd=folder)
    _git("add", "--all", cwd=folder)
    _git("commit", "--quiet", "--message", "all", cwd=folder)
    return _git("rev-parse", "HEAD", cwd=folder).strip()


@pytest.mark.slow
def test_the_hook_reports_a_sealed_import(tmp_path: Path) -> None:
    """pre-commit installs the hook from a clone, finds the import, and passes once it is gone."""
    hooks, sample = tmp_path / "hooks", tmp_path / "sample"
    hooks.mkdir()
    sample.mkdir()
    for name in SHIPPED:
        source = REPOSITORY / name
        if source.is_dir():
            shutil.copytree(source, hooks / name, ignore=shutil.ignore_patterns("__pycache__", "*.so"))
        else:
            shutil.copy(source, hooks / name)
    revision = _repository(hooks)
    (sample / ".pre-commit-config.yaml").write_text(
        f"repos:\n- repo: {hooks}\n  rev: {revision}\n  hooks:\n  - id: tracing-lint\n"
    )
    (sample / "module.py").write_text("import os\nfrom opentelemetry import trace\n")
    _repository(sample)
    environ = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "cache")}
    command = [sys.executable, "-m", "pre_commit", "run", "--all-files"]
    found = subprocess.run(command, cwd=sample, capture_output=True, text=True, env=environ)
    assert found.returncode == 1, found.stdout + found.stderr
    assert "module.py:2:1: TRF101 opentelemetry.trace is sealed" in found.stdout
    (sample / "module.py").write_text("import os\nimport tracing_facade\n")
    passed = subprocess.run(command, cwd=sample, capture_output=True, text=True, env=environ)
    assert passed.returncode == 0, passed.stdout + passed.stderr
