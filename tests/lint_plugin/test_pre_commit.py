"""The hooks, run by the real pre-commit: our own from a clone of this repository, and flake8's with our plugin."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from lint_plugin.manifest_names import is_manifest
from tests.lint_plugin.running import write

REPOSITORY = Path(__file__).parents[2]
SHIPPED = ("lint_plugin", "tracing_facade", "reference_server", ".pre-commit-hooks.yaml", "pyproject.toml", "README.md")

MODULE = """\
from opentelemetry import trace

tracer = trace.get_tracer(__name__)


def work():
    with tracer.start_as_current_span("work"):
        pass
"""


def _git(*words: str, cwd: Path) -> str:
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "init.defaultBranch=main"]
    return subprocess.run(["git", *identity, *words], cwd=cwd, check=True, capture_output=True, text=True).stdout


def _repository(folder: Path) -> str:
    _git("init", "--quiet", cwd=folder)
    _git("add", "--all", cwd=folder)
    _git("commit", "--quiet", "--message", "all", cwd=folder)
    return _git("rev-parse", "HEAD", cwd=folder).strip()


def _clone(folder: Path) -> Path:
    """Return a repository with what this one ships, without sources for the C compiler."""
    folder.mkdir()
    for name in SHIPPED:
        source = REPOSITORY / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.so"))
        else:
            shutil.copy(source, folder / name)
    # Without sources for it, what translates them need not be installed for every hook.
    (folder / "pyproject.toml").write_text((folder / "pyproject.toml").read_text().replace(', "Cython>=3.1"', ""))
    return folder


def _wheel(hooks: Path, folder: Path) -> Path:
    """Return a wheel of the clone."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", str(folder)]
    subprocess.run([*command, str(hooks)], check=True, env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"})
    (built,) = folder.glob("*.whl")
    return built


def _configuration(hooks: Path, revision: str, wheel: Path) -> str:
    # Hooks that need the same share one environment, which saves half of the time.
    needed = sorted({one for hook in _own_hooks() for one in hook["additional_dependencies"]})
    ids = [{"id": hook["id"], "additional_dependencies": needed} for hook in _own_hooks()]
    own = {"repo": str(hooks), "rev": revision, "hooks": ids}
    # flake8's own repository is elsewhere; this is what its hook does.
    flake8 = {
        "id": "flake8", "name": "flake8", "language": "python", "entry": "flake8 --isolated --select TRF",
        "types": ["python"], "require_serial": True, "additional_dependencies": ["flake8>=6", str(wheel)],
    }  # fmt: skip
    return yaml.safe_dump({"repos": [own, {"repo": "local", "hooks": [flake8]}]})


Hook = Callable[..., "subprocess.CompletedProcess[str]"]


def _runner(sample: Path, home: Path) -> Hook:
    environ = {**os.environ, "PRE_COMMIT_HOME": str(home), "NO_COLOR": "1", "PIP_NO_COMPILE": "1"}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pre_commit", "run", *words]
        return subprocess.run(command, cwd=sample, capture_output=True, text=True, env=environ, check=False)

    return run


@pytest.mark.slow
@pytest.mark.timeout(300)  # it installs two environments
def test_the_hooks_report_and_migrate(tmp_path: Path) -> None:
    """Each is installed from a clone, finds or fixes what is wrong, and passes once it is right."""
    hooks, sample = _clone(tmp_path / "hooks"), tmp_path / "sample"
    write(sample, {
        ".pre-commit-config.yaml": _configuration(hooks, _repository(hooks), _wheel(hooks, tmp_path / "wheel")),
        "module.py": MODULE,
        "clean.py": "import os\n",
        "requirements.txt": "opentelemetry-sdk\n",
        "notes.txt": "import opentelemetry\n",
    })  # fmt: skip
    _repository(sample)
    run = _runner(sample, tmp_path / "home")

    linted = run("tracing-lint", "--all-files")
    assert linted.returncode == 1, linted.stdout + linted.stderr
    found = re.findall(r"^(\S+?:\d+:\d+: \S+)", linted.stdout, re.MULTILINE)
    assert found == ["module.py:1:1: TRF101", "module.py:7:10: TRF201", "requirements.txt:1:1: TRF109"]
    plugged = run("flake8", "--all-files")
    assert re.findall(r"^(\S+?:\d+:\d+: \S+)", plugged.stdout, re.MULTILINE) == found[:2], plugged.stdout

    fixed = run("tracing-codemod", "--all-files")
    assert fixed.returncode == 1
    assert "files were modified by this hook" in fixed.stdout
    assert "opentelemetry" not in (sample / "module.py").read_text()
    write(sample, {"requirements.txt": "flask\n"})
    _git("add", "--all", cwd=sample)
    passed = run("--all-files")
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert passed.stdout.count("Passed") == 3


@pytest.mark.parametrize(
    "path",
    [
        "a.py", "a/b.pyi", "c.pyw", "pyproject.toml", "a/pyproject.toml", "setup.cfg", "Pipfile", "requirements.txt",
        "requirements-dev.in", "dev-requirements.txt", "requirements/dev.txt", "constraints.txt",
        "notes.txt", "a.pyc", "my_pyproject.toml", "a.py/b.txt", "requirements/readme.md",
    ],
)  # fmt: skip
def test_the_hook_gets_the_files_that_the_command_comes_to(path: str) -> None:
    """Python files, and what declares requirements."""
    (hook,) = (one for one in _own_hooks() if one["id"] == "tracing-lint")
    wanted = is_manifest(path) or path.endswith((".py", ".pyi", ".pyw"))
    assert bool(re.search(hook["files"], path)) is wanted


@pytest.mark.parametrize(("hook", "lacking"), [("tracing-lint", {"flake8", "libcst"}), ("tracing-codemod", {"flake8"})])
def test_a_hook_installs_what_its_command_needs(hook: str, lacking: set[str]) -> None:
    """Of the extra ``lint`` all but what only others need, with the same versions."""
    (installed,) = (one["additional_dependencies"] for one in _own_hooks() if one["id"] == hook)
    text = (REPOSITORY / "pyproject.toml").read_text()
    extra = re.findall(r'"([^"]+)"', re.search(r"^lint = \[(.*)\]$", text, re.MULTILINE)[1])  # type: ignore[index]
    assert installed == [one for one in extra if not one.startswith(tuple(lacking))]


def _own_hooks() -> list[dict[str, Any]]:
    hooks: list[dict[str, Any]] = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text())
    return hooks
