"""The commands that are measured beside the checker, and the files that they are given."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from tests.benchmarks.checker_installation import Installation
from tests.benchmarks.timed_processes import Candidate

_READ = """\
import os, sys
for top, folders, names in os.walk(sys.argv[1]):
    for name in names:
        if name.endswith('.py'):
            with open(top + '/' + name, 'rb') as stream:
                data = stream.read()
                WHAT
"""
_BAN = '[lint.flake8-tidy-imports.banned-api]\n"opentelemetry".msg = "use tracing_facade"\n'


class Candidates:
    """What is run over one tree.

    Args:
        tree: a folder with sources.
        installation: with what.
        scratch: a folder for caches and configuration.
    """

    def __init__(self, tree: Path, installation: Installation, scratch: Path) -> None:
        self._tree = str(tree.resolve())
        self._installation = installation
        self._scratch = scratch
        self._ban = scratch / "ruff.toml"
        self._ban.write_text(_BAN, encoding="utf-8")

    def whole(self) -> dict[str, Candidate]:
        """Return what goes through the whole tree."""
        python = str(self._installation.python)
        return {
            "grep": Candidate(("grep", "-rl", "--include=*.py", "opentelemetry", self._tree)),
            "read all files": Candidate((python, "-IS", "-c", _READ.replace("WHAT", "pass"), self._tree)),
            "read and search": Candidate(
                (python, "-IS", "-c", _READ.replace("WHAT", "b'opentelemetry' in data"), self._tree)
            ),
            "ruff, 1 thread": self._ruff("--no-cache", threads=1),
            "ours, 1 process": self.ours("--no-cache", "--jobs", "1", self._tree),
            "ruff, 2 threads": self._ruff("--no-cache", threads=2),
            "ours, 2 processes": self.ours("--no-cache", "--jobs", "2", self._tree),
            "ruff, warm": self._ruff("--cache-dir", str(self._scratch / "ruff"), threads=2),
            "ours, warm": self.ours(self._tree),
        }

    def single(self) -> dict[str, Candidate]:
        """Return what is given one file of about a thousand lines, as pre-commit does."""
        plain, importing = one_file(self._tree, False), one_file(self._tree, True)
        return {
            "bare interpreter": Candidate((str(self._installation.python), "-c", "pass")),
            "ruff, one file": self._ruff("--no-cache", threads=1, path=plain),
            "ours, one file": self.ours(plain),
            "ours, one file that imports OpenTelemetry": self.ours("--no-cache", importing),
        }

    def part(self, files: list[str]) -> dict[str, Candidate]:
        """Return what is slow, and so given a part of the files only."""
        python, ours, tidy = str(self._installation.python), str(self._installation.ours), self._installation.tidy
        flake8 = (python, "-m", "flake8", "--isolated", "--jobs", "1")
        found = {
            "flake8": Candidate((*flake8, *files)),
            "flake8 with our plugin": Candidate((*flake8, *files), {"PYTHONPATH": ours}),
            "ours, the same files": self.ours("--no-cache", "--jobs", "1", *files),
            "ruff, the same files": Candidate((*self._ruff("--no-cache", threads=1).words[:-1], *files)),
        }
        if tidy.exists():
            banned = ("--banned-modules", "opentelemetry.* = use tracing_facade")
            found["flake8 with tidy-imports"] = Candidate((*flake8, *banned, *files), {"PYTHONPATH": str(tidy)})
        if self._installation.fixit.exists():
            words = (python, "-m", "fixit", "lint", *files)
            # Fixit takes its rules from the configuration nearest to a file; its own do more than we do.
            found["Fixit, its own rules"] = Candidate(
                words, {"PYTHONPATH": str(self._installation.fixit)}, fails=(2, 127)
            )
        return found

    def ours(self, *words: str) -> Candidate:
        """Return a run of our command."""
        # As pip writes it for a console script.
        command = (str(self._installation.python), self._installation.command, "check", "--format", "concise")
        return Candidate((*command, *words), self._with_ours(), str(self._scratch))

    def _with_ours(self) -> Mapping[str, str]:
        return {"PYTHONPATH": str(self._installation.ours)}

    def _ruff(self, *words: str, threads: int, path: str = "") -> Candidate:
        command = (str(self._installation.scripts / "ruff"), "check", "--quiet", "--config", str(self._ban))
        environment = {"RAYON_NUM_THREADS": str(threads)}
        return Candidate((*command, "--select", "TID251", *words, path or self._tree), environment)


def python_files(tree: str) -> list[str]:
    """Return the Python files of a tree, sorted."""
    found = [os.path.join(top, name) for top, _, names in os.walk(tree) for name in names if name.endswith(".py")]
    return sorted(found)


def lines_of(files: list[str]) -> int:
    """Return how many lines files have together."""
    return sum(Path(file).read_bytes().count(b"\n") for file in files)


def one_file(tree: str, importing: bool) -> str:
    """Return the file whose length is nearest to a thousand lines, of those that import OpenTelemetry or name it not.

    Raises:
        LookupError: the tree has none.
    """
    best: tuple[int, str] | None = None
    for file in python_files(tree):
        data = Path(file).read_bytes()
        if (b"import opentelemetry" in data or b"from opentelemetry" in data) is importing:
            best = min(best or (10**9, ""), (abs(data.count(b"\n") - 1_000), file))
    if best is None:
        raise LookupError(f"{tree} has no Python file that {'imports' if importing else 'leaves out'} OpenTelemetry")
    return best[1]
