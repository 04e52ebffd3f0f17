"""A short run of the attack on the engines, always the same one; `make sanitize` is the long one."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.support.repository import ROOT
from tracing_facade._engine import engine

FIRST, LAST = 53, 56
"""One round with several threads, two that fork, and at last one that signals interrupt."""


def test_a_fixed_attack_breaks_nothing(engine_name: str) -> None:
    """Hostile values, threads and forks: no crash, nothing reaches the application, what arrives can be read."""
    command = [sys.executable, "-m", "tests.fuzzing", "--seed", str(FIRST), "--rounds", str(LAST - FIRST + 1)]
    environment = {**os.environ, engine.VARIABLE: engine_name}
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", cwd=ROOT, env=environment)
    assert done.returncode == 0, done.stderr[-5_000:]
    assert done.stdout.splitlines() == [f"engine {engine_name}", *(f"round {n}" for n in range(FIRST, LAST + 1))]
