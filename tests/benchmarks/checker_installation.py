"""An installation of the checker and its peers as a user has it: not editable, flake8 with our plugin and without."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from tests.support.repository import ROOT

PEERS = ("flake8", "ruff")
MORE_PEERS = ("flake8-tidy-imports", "fixit")


class Installation(NamedTuple):
    """Where things are.

    Args:
        python: an interpreter that has flake8 and ruff, and nothing of ours.
        ours: a folder that adds the checker to it, through `PYTHONPATH`.
        tidy: the same for flake8-tidy-imports; it does not exist when that could not be installed.
        fixit: the same for Fixit.
    """

    python: Path
    ours: Path
    tidy: Path
    fixit: Path

    @property
    def scripts(self) -> Path:
        """The folder of the commands that come with the interpreter."""
        return self.python.parent

    @property
    def command(self) -> str:
        """Our command."""
        return str(self.ours / "bin" / "tracing-lint")


def installed(folder: Path, more: bool) -> Installation:
    """Return an installation below a folder; what is there already is used again, apart from the checker itself.

    Args:
        folder: an empty one, or that of an earlier run.
        more: also install peers that are measured on a part of the tree only.
    """
    python = folder / "peers" / "bin" / "python"
    found = Installation(python, folder / "ours", folder / "tidy", folder / "fixit")
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder / "peers")], check=True)
        _pip(python, *PEERS)
    _install_ours(found)
    for name, target in zip(MORE_PEERS, (found.tidy, found.fixit), strict=True):
        if more and not target.exists():
            _pip(python, "--target", str(target), *(["--no-deps"] if "flake8" in name else []), name, check=False)
    return found


def _install_ours(found: Installation) -> None:
    # The native engine is for tracing; the checker has no use for it, and compiling takes a minute.
    environment = {**os.environ, "TRACING_FACADE_ENGINE": "python"}
    subprocess.run(["rm", "-rf", str(found.ours)], check=True)
    _pip(found.python, "--no-deps", "--target", str(found.ours), str(ROOT), environment=environment)


def _pip(python: Path, *words: str, check: bool = True, environment: dict[str, str] | None = None) -> None:
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *words]
    subprocess.run(command, check=check, env=environment)
