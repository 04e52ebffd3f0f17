"""Our own checker on our own tree."""

from __future__ import annotations

import subprocess
import sys

from lint_plugin.settings import load_settings
from tests.support.repository import PACKAGES, ROOT


def test_only_the_seal_and_the_tests_may_import_opentelemetry() -> None:
    """The list of exceptions is this one; a new entry changes the architecture."""
    settings = load_settings(str(ROOT / "pyproject.toml"))
    assert settings.allow == ("tracing_facade/_otel/**", "tests/**", "pyproject.toml")
    assert settings.exclude == ("demo/sample_service/**",)


def test_the_tree_keeps_its_own_rules() -> None:
    """The checker finds nothing, with every rule and no baseline."""
    command = [sys.executable, "-m", "lint_plugin.command", "check", "--format", "concise", *PACKAGES, "demo", "docs"]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert finished.returncode == 0, finished.stdout + finished.stderr


def test_flake8_agrees() -> None:
    """The plugin gives the same verdict."""
    command = [sys.executable, "-m", "flake8", "--isolated", "--select", "TRF", *PACKAGES, "demo", "docs"]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert finished.returncode == 0, finished.stdout + finished.stderr
