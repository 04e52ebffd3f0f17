"""Comments suppress as they do in flake8, which is the oracle; strict mode asks them for reasons."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lint_plugin.running import Run, write

LINES = [
    "import opentelemetry  # noqa",
    "import opentelemetry  # NOQA",
    "import opentelemetry  #noqa",
    "import opentelemetry  # noqa: TRF101",
    "import opentelemetry  # noqa:TRF101",
    "import opentelemetry  # noqa: TRF1",
    "import opentelemetry  # noqa: T",
    "import opentelemetry  # noqa: trf101",
    "import opentelemetry  # noqa: F401",
    "import opentelemetry  # noqa: F401, TRF101",
    "import opentelemetry  # noqa: F401 TRF101",
    "import opentelemetry  # noqa: F401,TRF101 with a reason",
    "import opentelemetry  # noqa : TRF101",
    "import opentelemetry  # noqa TRF999",
    "import opentelemetry  # type: ignore  # noqa: TRF101",
    "import opentelemetry  # noqa: F401  # noqa: TRF101",
    "import opentelemetry; x = '# noqa'",
    "import opentelemetry \\\n    as o  # noqa",
    "from opentelemetry import (  # noqa\n    trace,\n)",
    "from opentelemetry import (\n    trace,  # noqa\n)",
    "from opentelemetry import (\n    trace,\n)  # noqa",
    "x = '''\n'''; import opentelemetry  # noqa",
    "x = '''  # noqa\n'''; import opentelemetry",
    "# flake8: noqa\nimport opentelemetry",
    "# flake8: noqa: E501\nimport opentelemetry",
    "x = 1  # flake8: noqa\nimport opentelemetry",
    "import opentelemetry\n# FLAKE8=NOQA",
]


def test_the_command_and_flake8_read_the_same_comments(run: Run, tmp_path: Path) -> None:
    """For every way of writing one."""
    write(tmp_path, {f"case_{number:02}.py": f"{text}\n" for number, text in enumerate(LINES)})
    ours = {path for path, _, _ in run("check", "--format", "json", ".").places()}
    command = [sys.executable, "-m", "flake8", "--isolated", "--select", "TRF", "--format", "%(path)s", "."]
    found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, env=os.environ)
    assert ours == {os.path.normpath(line) for line in found.stdout.splitlines()}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("import opentelemetry  # noqa: TRF101", "TRF301"),
        ("import opentelemetry  # noqa: TRF101 --", "TRF301"),
        ("import opentelemetry  # noqa", "TRF302"),
        ("import os  # noqa: TRF101 it was needed once", "TRF303"),
        ("import opentelemetry  # noqa: TRF101 the seal's own test", ""),
        ("import os  # noqa", ""),
        ("import os  # noqa: F401", ""),
    ],
)
def test_strict_mode_asks_for_reasons(run: Run, tmp_path: Path, line: str, code: str) -> None:
    """And for suppressions that still suppress something."""
    write(tmp_path, {"module.py": f"{line}\n"})
    assert [found[2] for found in run("check", "--strict", "--format", "json", "module.py").places()] == [code] * bool(
        code
    )
    assert run("check", "--format", "json", "module.py").places() == []
