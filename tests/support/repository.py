"""The repository as a tree of files: what the tests about architecture and documentation read."""

from __future__ import annotations

import subprocess
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("tracing_facade", "lint_plugin", "reference_server")


@lru_cache(maxsize=1)
def tracked_files() -> tuple[Path, ...]:
    """Return every file under version control, relative to ``ROOT``."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    paths = (Path(name) for name in listed.split("\0") if name)
    return tuple(path for path in paths if (ROOT / path).is_file())


def modules(*folders: str) -> tuple[Path, ...]:
    """Return the tracked Python files below these folders, relative to ``ROOT``."""
    return tuple(path for path in tracked_files() if path.suffix == ".py" and path.parts[0] in folders)
