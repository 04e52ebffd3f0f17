"""The attack for a moment; the long one is a command."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.support.repository import ROOT
from tests.tracing_facade._engine.conftest import AVAILABLE
from tracing_facade._engine import engine


@pytest.mark.parametrize("name", AVAILABLE)
def test_nothing_that_applications_do_breaks_an_engine(name: str) -> None:
    """Not the process, not what arrives, and nothing reaches the application; with other rounds each time."""
    command = [sys.executable, "-m", "tests.fuzzing", "--seconds", "3"]
    environment = {**os.environ, engine.VARIABLE: name}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-5000:]
