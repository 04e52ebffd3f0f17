"""The command and the flake8 plugin, run as people run them, give the same verdicts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = """\
import opentelemetry
from opentelemetry import trace  # noqa
from opentelemetry import trace  # noqa: TRF101 the seal's own test
from opentelemetry import trace  # noqa: E501
from opentelemetry.trace import (
    Span,  # noqa
)
from opentelemetry.trace import (Span,
    Status)  # noqa
x = '''
'''; import opentelemetry.a  # noqa: TRF1
import opentelemetry.b \\
    as c  # noqa
"""
REPORTED = [1, 4, 5, 8]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with one file of every kind of suppression, an allowed and an excluded file."""
    (tmp_path / "pyproject.toml").write_text("[tool.tracing-facade]\nallow = ['seal/**']\nexclude = ['generated.py']\n")
    (tmp_path / "seal").mkdir()
    for name in ("module.py", "seal/inside.py", "generated.py"):
        (tmp_path / name).write_text(SOURCE)
    return tmp_path


def _run(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "NO_COLOR": "1"}
    return subprocess.run([sys.executable, "-m", *words], cwd=cwd, capture_output=True, text=True, env=environ)


def test_the_command_and_flake8_agree(project: Path) -> None:
    """Same paths, lines, columns, codes and messages; flake8 in one process and in several."""
    command = _run("lint_plugin.command", "check", "--format", "concise", ".", cwd=project)
    assert command.returncode == 1
    for jobs in ("1", "2"):
        flake8 = _run("flake8", "--isolated", "--select", "TRF", "--jobs", jobs, ".", cwd=project)
        assert sorted(flake8.stdout.replace("./", "").splitlines()) == sorted(command.stdout.splitlines())
    assert [int(line.split(":")[1]) for line in command.stdout.splitlines()] == REPORTED


def test_json_is_for_programs(project: Path) -> None:
    """An array of objects, nothing else on standard output."""
    found = json.loads(_run("lint_plugin.command", "check", "--format", "json", "module.py", cwd=project).stdout)
    assert [entry["line"] for entry in found] == REPORTED
    assert set(found[0]) == {"path", "line", "column", "code", "message", "level"}


def test_a_clean_tree_exits_with_zero(tmp_path: Path) -> None:
    """And says that nothing was found."""
    (tmp_path / "clean.py").write_text("import tracing_facade\n")
    result = _run("lint_plugin.command", "check", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (0, "no findings\n")


@pytest.mark.parametrize("words", [("check", "missing"), ("rules", "TRF999"), ("check", "--config", "missing.toml")])
def test_a_wrong_call_exits_with_two(tmp_path: Path, words: tuple[str, ...]) -> None:
    """With one line that says what is wrong."""
    result = _run("lint_plugin.command", *words, cwd=tmp_path)
    assert result.returncode == 2
    assert result.stderr.startswith("tracing-lint: ")


def test_wrong_settings_exit_with_two(tmp_path: Path) -> None:
    """The file and the key are named."""
    (tmp_path / "pyproject.toml").write_text("[tool.tracing-facade]\nalow = []\n")
    (tmp_path / "a.py").write_text("")
    result = _run("lint_plugin.command", "check", cwd=tmp_path)
    assert result.returncode == 2
    assert "unknown key 'alow'; did you mean allow?" in result.stderr


def test_what_cannot_be_read_is_reported_and_the_rest_checked(tmp_path: Path) -> None:
    """A link in a circle, a folder that links to itself, and a good file."""
    os.symlink(tmp_path / "loop.py", tmp_path / "loop.py")
    os.symlink(tmp_path, tmp_path / "again")
    (tmp_path / "module.py").write_text("import opentelemetry\n")
    result = _run("lint_plugin.command", "check", "--format", "concise", cwd=tmp_path)
    assert [line.split(" ")[1] for line in result.stdout.splitlines()] == ["TRF100", "TRF101"]


def test_control_characters_do_not_reach_the_terminal(tmp_path: Path) -> None:
    """The source line of an untrusted file is shown without escape sequences."""
    (tmp_path / "module.py").write_text("import opentelemetry  # \x1b[2J\n")
    assert "\x1b" not in _run("lint_plugin.command", "check", cwd=tmp_path).stdout


def test_rules_are_listed_and_explained(tmp_path: Path) -> None:
    """From the rule's own docstring."""
    assert (
        "TRF101  sealed-import: A sealed module is imported."
        in _run("lint_plugin.command", "rules", cwd=tmp_path).stdout
    )
    assert "Why:" in _run("lint_plugin.command", "rules", "trf101", cwd=tmp_path).stdout


def test_checking_needs_neither_flake8_nor_libcst_nor_the_facade(project: Path) -> None:
    """The checking path stays in the standard library."""
    program = (
        "import sys; from lint_plugin.command import main; main(['check', '--format', 'json', 'module.py']);"
        "print([m for m in ('flake8', 'libcst', 'opentelemetry', 'tracing_facade', 'yaml') if m in sys.modules],"
        " file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-c", program], cwd=project, capture_output=True, text=True)
    assert result.stderr.strip() == "[]"
