"""Measures the checker beside its peers on one tree: time cold and warm, one file, memory, and what it adds to flake8.

::

    python -m tests.benchmarks.checker_speed /tmp/prefect
    python -m tests.benchmarks.checker_speed /tmp/prefect --format json
    python -m tests.benchmarks.checker_speed /tmp/prefect --write     # into docs/explanation/checker.md

Every round visits all candidates in turn; medians, and ratios within rounds. The checker is installed as a user
installs it, with flake8 and ruff from the package index, into a folder that `--environment` keeps for the next run.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.benchmarks import page_section, timed_processes
from tests.benchmarks.checker_candidates import Candidates, lines_of, python_files
from tests.benchmarks.checker_installation import Installation, installed
from tests.support.repository import ROOT

PAGE = ROOT / "docs" / "explanation" / "checker.md"
# What is compared, and how much of the peer's time it may take at most.
_PAIRS = (
    ("ours, 1 process", "ruff, 1 thread", 1.0),
    ("ours, 2 processes", "ruff, 2 threads", 1.0),
    ("ours, warm", "ruff, warm", 2.0),
)
_PART = 20_000
"""Lines for the slow peers."""


def measured(tree: Path, installation: Installation, scratch: Path, rounds: int) -> dict[str, Any]:
    """Return all figures.

    Args:
        tree: a folder with sources.
        installation: the checker and its peers.
        scratch: a folder for caches.
        rounds: how often each candidate has its turn.
    """
    candidates, files = Candidates(tree, installation, scratch), python_files(str(tree.resolve()))
    whole = timed_processes.in_turn(candidates.whole(), rounds)
    single = timed_processes.in_turn(candidates.single(), rounds)
    lines = lines_of(files)
    some = files[:: max(lines // _PART, 1)]
    slow = timed_processes.in_turn(candidates.part(some), 1, before=0)
    return {
        "date": datetime.date.today().isoformat(),
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "versions": versions(installation),
        "tree": {"name": tree.resolve().name, "files": len(files), "lines": lines},
        "part": {"files": len(some), "lines": lines_of(some)},
        "costs": {name: timed_processes.summary(costs) for name, costs in {**whole, **single, **slow}.items()},
        "ratios": [
            {
                "ours": ours,
                "peer": peer,
                "aim": aim,
                "wall": round(timed_processes.ratio(whole[ours], whole[peer]), 3),
                "processor": round(timed_processes.ratio(whole[ours], whole[peer], "processor"), 3),
            }
            for ours, peer, aim in _PAIRS
        ],
        "flake8": flake8_share(files[::2], installation, scratch),
    }


def flake8_share(files: list[str], installation: Installation, scratch: Path) -> dict[str, float]:
    """Return the processor seconds of flake8 and of our plugin in one run of it."""
    listed = scratch / "files"
    listed.write_text("\n".join(files), encoding="utf-8")
    command = [str(installation.python), "-m", "tests.benchmarks.flake8_share", str(listed)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(installation.ours), str(ROOT)))}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, cwd=scratch)
    seconds: dict[str, float] = json.loads(done.stdout)
    return {**seconds, "files": len(files), "per cent": round(100 * seconds["plugin"] / seconds["flake8"], 2)}


def versions(installation: Installation) -> dict[str, str]:
    """Return which peers these are."""
    commands = {"ruff": (str(installation.scripts / "ruff"),), "flake8": (str(installation.python), "-m", "flake8")}
    found = {}
    for name, words in commands.items():
        said = subprocess.run([*words, "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout
        found[name] = said.split()[name == "ruff"]
    return found


def as_text(results: dict[str, Any]) -> str:
    """Return the figures as tables of Markdown, which are also readable on a terminal."""
    tree, part, share = results["tree"], results["part"], results["flake8"]
    head = (
        f"{tree['name']}: {tree['files']:,} Python files, {tree['lines']:,} lines. Measured on {results['date']} with "
        f"CPython {results['python']}, ruff {results['versions']['ruff']} and flake8 {results['versions']['flake8']} "
        f"on {results['processors']} processors; medians in seconds."
    )
    slow = f"The slow peers were given {part['files']:,} files with {part['lines']:,} lines, and one round."
    rows = ["| | wall | least | processor | memory, MB |", "|---|---|---|---|---|"]
    rows += [
        f"| {name} | {one['wall']:.3f} | {one['least wall']:.3f} | {one['processor']:.3f} | {one['megabytes']:.0f} |"
        for name, one in results["costs"].items()
    ]
    ratios = ["| | beside | wall | processor | at most |", "|---|---|---|---|---|"]
    ratios += [
        f"| {one['ours']} | {one['peer']} | {one['wall']:.2f}x | {one['processor']:.2f}x | {one['aim']:.0f}x |"
        for one in results["ratios"]
    ]
    plugin = (
        f"As a plugin the checker adds {share['per cent']:.2f} % to flake8 (at most 1 %): {share['plugin']:.2f} s of "
        f"processor time beside {share['flake8']:.1f} s over {share['files']:,.0f} files, told apart inside of one run."
    )
    return "\n\n".join([head, "\n".join(rows), slow, "\n".join(ratios), plugin])


def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.checker_speed",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("tree", type=Path, metavar="FOLDER", help="sources; at least 600,000 lines say something")
    parser.add_argument("--rounds", type=int, default=11, metavar="N", help="default: 11")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--write", action="store_true", help=f"also write the tables into {PAGE.relative_to(ROOT)}")
    parser.add_argument("--environment", type=Path, metavar="FOLDER", help="keep the installation here")
    parser.add_argument("--no-more-peers", action="store_true", help="leave out flake8-tidy-imports and Fixit")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        scratch = Path(temporary)
        folder = options.environment.resolve() if options.environment else scratch / "environment"
        installation = installed(folder, not options.no_more_peers)
        results = measured(options.tree, installation, scratch, options.rounds)
    print(json.dumps(results, indent=1) if options.format == "json" else as_text(results))
    if options.write:
        page_section.write(PAGE, "checker_speed", as_text(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
