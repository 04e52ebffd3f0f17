"""What the checker and the codemod make of real projects.

::

    git clone --depth 1 https://github.com/PrefectHQ/prefect /tmp/projects/prefect
    python -m tests.benchmarks.real_projects /tmp/projects/prefect ...

Each folder is copied, linted, migrated, linted again, and every changed file is compiled. Prints one table row per
project and the reasons why uses were left; exit code 1 when a changed file does not compile or a second run of the
codemod changes anything.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections import Counter
from pathlib import Path
from typing import Any


def main() -> int:
    """Run over the folders that are named; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("projects", nargs="+", type=Path, metavar="FOLDER")
    options = parser.parse_args()
    reasons: Counter[str] = Counter()
    failed = False
    print(
        "| project | files | with OpenTelemetry | findings | uses fixed | uses left | files changed | findings after |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for project in options.projects:
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / project.name
            shutil.copytree(project, copy, ignore=shutil.ignore_patterns(".git"), symlinks=True)
            failed |= not report(copy, reasons)
    print("\n| left | because |\n|---|---|")
    for reason, count in reasons.most_common():
        print(f"| {count} | {reason} |")
    return int(failed)


def report(project: Path, reasons: Counter[str]) -> bool:
    """Print the row of one project; False when something is not as it should be."""
    python_files = [path for path in project.rglob("*.py") if path.is_file()]
    found = len(lint(project))
    outcomes = fix(project)
    broken = [outcome["path"] for outcome in outcomes if outcome["changed"] and not compiles(Path(outcome["path"]))]
    again = [outcome["path"] for outcome in fix(project) if outcome["changed"]]
    fixed = sum(len(outcome["fixed"]) for outcome in outcomes)
    left = [found for outcome in outcomes for found in outcome["left"]]
    reasons.update(general(found["reason"]) for found in left)
    changed = sum(outcome["changed"] for outcome in outcomes)
    print(
        f"| {project.name} | {len(python_files):,} | {len(outcomes):,} | {found:,} | {fixed:,} | {len(left):,} "
        f"| {changed:,} | {len(lint(project)):,} |",
        flush=True,
    )
    for path in broken:
        print(f"does not compile: {path}", file=sys.stderr)
    for path in again:
        print(f"changes again: {path}", file=sys.stderr)
    return not broken and not again


def lint(project: Path) -> list[Any]:
    """Return the findings of the checker."""
    return _json(["lint_plugin.command", "check", "--format", "json", str(project)])


def fix(project: Path) -> list[Any]:
    """Run the codemod; return what became of every file that names OpenTelemetry."""
    return _json(["lint_plugin.codemod.command", "fix", "--format", "json", str(project)])


def _json(arguments: list[str]) -> list[Any]:
    done = subprocess.run([sys.executable, "-m", *arguments], stdout=subprocess.PIPE, check=False)
    answer = json.loads(done.stdout)
    found: list[Any] = answer if isinstance(answer, list) else answer["findings"]
    return found


def compiles(path: Path) -> bool:
    """Tell whether a file compiles."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(path.read_bytes(), str(path), "exec")
    except SyntaxError:
        return False
    return True


def general(reason: str) -> str:
    """Return a reason without the names and numbers of one place."""
    words = ["N" if word.strip(",").isdigit() else word for word in reason.split()]
    return " ".join(words)


if __name__ == "__main__":
    sys.exit(main())
