"""The installed commands, where the extra that they need is missing."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("program", "package", "start", "extra"),
    [
        pytest.param("reference-server", "reference_server", "server", "server", id="server"),
        pytest.param("refctl", "reference_server", "refctl", "server", id="refctl"),
        pytest.param("tracing-codemod", "lint_plugin.codemod", "run", "lint", id="codemod"),
    ],
)
def test_a_missing_extra_is_named(program: str, package: str, start: str, extra: str) -> None:
    """One sentence says what is missing and how to install it; there is no traceback."""
    missing = {"server": "requests", "lint": "libcst"}[extra]
    # What stands for nothing in sys.modules cannot be imported, as if it were not installed.
    run = f"from {package}.installed_command import {start}; sys.exit({start}())"
    source = f"import sys; sys.modules[{missing!r}] = None; {run}"
    finished = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, timeout=60)
    assert finished.returncode > 0
    assert finished.stderr == (
        f"{program} needs {missing}, which is not installed: run `pip install 'tracing-facade[{extra}]'`\n"
    )


def test_a_fault_of_our_own_is_not_called_a_missing_extra() -> None:
    """A module of this project that cannot be imported is a defect, and its traceback is wanted."""
    source = (
        "import sys; sys.modules['reference_server.command'] = None\n"
        "from reference_server.installed_command import server; sys.exit(server())"
    )
    finished = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, timeout=60)
    assert "ModuleNotFoundError" in finished.stderr
    assert "pip install" not in finished.stderr
