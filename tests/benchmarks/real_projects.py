"""What the checker and the codemod make of real projects.

::

    git clone --depth 1 https://github.com/google/adk-python /tmp/projects/adk-python
    python -m tests.benchmarks.real_projects /tmp/projects/adk-python ...

Each folder is copied, linted, migrated, linted again, and every changed file is compiled. Prints a table with a row for
each project, what was migrated, and why the rest was left. Findings are imports of OpenTelemetry (TRF101) and spans
that it starts (TRF201). The exit code is 1 when a changed file does not compile, a
second run of the codemod changes anything, or a file that still imports OpenTelemetry is not in the list of what is
left.
"""

from __future__ import annotations

import argparse
import json
import re
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
    idioms: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    failed = False
    print("| project | commit | files | with OpenTelemetry | findings | migrated | left | changed | findings after |")
    print("|---|---|---|---|---|---|---|---|---|")
    for project in options.projects:
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / project.name
            shutil.copytree(project, copy, ignore=shutil.ignore_patterns(".git"), symlinks=True)
            failed |= not report(copy, commit_of(project), idioms, reasons)
    print_counted(("migrated", "idiom"), idioms)
    print_counted(("left", "because"), reasons)
    return int(failed)


def print_counted(head: tuple[str, str], counted: Counter[str]) -> None:
    """Print how often there is what, most often first."""
    print(f"\n| {head[0]} | {head[1]} |\n|---|---|")
    for what, count in counted.most_common():
        print(f"| {count} | {what} |")


def commit_of(project: Path) -> str:
    """Return the commit that is checked out, shortened; a dash where there is no repository."""
    done = subprocess.run(
        ["git", "-C", str(project), "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=False
    )
    return f"`{done.stdout.strip()}`" if done.returncode == 0 else "-"


def report(project: Path, commit: str, idioms: Counter[str], reasons: Counter[str]) -> bool:
    """Print the row of one project; False when something is not as it should be."""
    python_files = [path for path in project.rglob("*.py") if path.is_file()]
    found = lint(project)
    outcomes = fix(project)
    again = [outcome["path"] for outcome in fix(project) if outcome["changed"]]
    after = lint(project)
    changed = [outcome["path"] for outcome in outcomes if outcome["changed"]]
    left = [one for outcome in outcomes for one in outcome["left"]]
    listed = {outcome["path"] for outcome in outcomes if outcome["left"] or outcome["problem"]}
    idioms.update(one["idiom"] for outcome in outcomes for one in outcome["fixed"])
    reasons.update(general(one["reason"]) for one in left)
    fixed = sum(len(outcome["fixed"]) for outcome in outcomes)
    importing = {one["path"] for one in found if one["code"] == "TRF101"}
    print(
        f"| {project.name} | {commit} | {len(python_files):,} | {len(importing):,} | {direct(found):,} | {fixed:,} "
        f"| {len(left):,} | {len(changed):,} | {direct(after):,} |",
        flush=True,
    )
    troubles = [f"does not compile: {path}" for path in changed if not compiles(Path(path))]
    troubles += [f"changes again: {path}" for path in again]
    troubles += [f"left without a word: {one['path']}" for one in after if is_unlisted(one, listed)]
    troubles += [f"{outcome['path']}: {outcome['problem']}" for outcome in outcomes if outcome["problem"]]
    print("\n".join(troubles), end="\n" if troubles else "", file=sys.stderr)
    return not troubles


def direct(findings: list[Any]) -> int:
    """Return how many findings are imports of OpenTelemetry or spans that it starts."""
    return sum(finding["code"] in ("TRF101", "TRF201") for finding in findings)


def is_unlisted(finding: dict[str, Any], listed: set[str]) -> bool:
    """Tell whether a Python file imports OpenTelemetry still, and the codemod has not said why."""
    return finding["code"] == "TRF101" and finding["path"].endswith(".py") and finding["path"] not in listed


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
    """Return a reason without the names, numbers and code of one place."""
    reason = re.sub(r"`[^`]*`|\([^)]*\)", "...", reason)
    reason = re.sub(r"\b[\w./-]+\.py:\d+|\blines? [\d, ]*\d", "...", reason)
    words = re.sub(r"^_?\w+ (is still used|is also something else|is used in|is bound in)", r"it \1", reason)
    words = re.sub(r"(nothing in this file uses) \w+", r"\1 it", words)
    return re.sub(r"(its \w+=)\S+", r"\1...", words).replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main())
