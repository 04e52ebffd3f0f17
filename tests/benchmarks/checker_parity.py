"""Compares the checker with ruff's TID251 on static imports of OpenTelemetry, over real repositories.

::

    git clone --depth 1 https://github.com/PrefectHQ/prefect /tmp/projects/prefect
    python -m tests.benchmarks.checker_parity /tmp/projects/prefect ...
    python -m tests.benchmarks.checker_parity /tmp/projects/* --write    # into docs/explanation/checker.md

A statement that ruff reports is matched when the checker reports an import (TRF101) on the same line. Everything that
only one of the two reports is given a reason; the exit code is 1 when something has none. `# noqa` is switched off for
both: what is compared is what they see, not what the repositories chose to suppress.
"""

from __future__ import annotations

import argparse
import ast
import json
import subprocess
import sys
import tempfile
import warnings
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from tests.benchmarks import page_section
from tests.support.repository import ROOT

PAGE = ROOT / "docs" / "explanation" / "checker.md"
_BAN = '[lint.flake8-tidy-imports.banned-api]\n"opentelemetry".msg = "use tracing_facade"\n'
# What ruff's rule is about.
_IMPORTS = ("TRF101",)
_REASONS = {
    "TRF102": "loads a module by a name that is made at run time",
    "TRF103": "hands a sealed name to a loader, or a loader on",
    "TRF104": "reaches the module through `sys.modules`",
    "TRF105": "imports in a string of code that is run",
    "TRF106": "names it in a string annotation or a type comment",
    "TRF107": "imports it from a module of the program that passes it on",
    "TRF109": "declares it as a requirement or an entry point",
    "TRF110": "reaches it through the attribute of another module",
    "TRF100": "the file cannot be read as Python; it was checked in parts",
    "TRF201": "starts a span past the facade",
    "TRF202": "a span that is not entered",
    "TRF203": "a span name made at run time",
    "TRF211": "changes the global provider or propagator",
}
Place = tuple[str, int]


class Row(NamedTuple):
    """What was found in one repository.

    Args:
        name: of its folder.
        files: how many Python files it has.
        peer: statements that ruff reports.
        both: of these, those that the checker reports too.
        missing: of these, the others, with a reason each.
        more: statements that only the checker reports, by code and reason.
        held: findings in files that the gate would have held back; the checker is run without it.
    """

    name: str
    files: int
    peer: int
    both: int
    missing: Counter[str]
    more: Counter[tuple[str, str]]
    held: int


def compared(project: Path, config: Path) -> Row:
    """Return what ruff and the checker find in one folder."""
    theirs, broken = ruff(project, config)
    ours, held = checker(project)
    lines = {place for place, code in ours if code in _IMPORTS}
    missing = Counter(_why_missing(place) for place in theirs - lines)
    more: Counter[tuple[str, str]] = Counter()
    for place, code in ours:
        if code not in _IMPORTS:
            more[(code, _REASONS.get(code, ""))] += 1
        elif place not in theirs:
            more[(code, _why_more(place, broken))] += 1
    files = sum(1 for _ in project.rglob("*.py"))
    return Row(project.name, files, len(theirs), len(theirs & lines), missing, more, held)


def ruff(project: Path, config: Path) -> tuple[set[Place], set[str]]:
    """Return the places of imports that ruff reports, and the files that it cannot parse."""
    words = [sys.executable, "-m", "ruff", "check", "--config", str(config), "--select", "TID251", "--ignore-noqa"]
    words += ["--no-cache", "--no-respect-gitignore", "--output-format", "json", str(project)]
    done = subprocess.run(words, stdout=subprocess.PIPE, check=False)
    found = json.loads(done.stdout)
    places = {(_shown(one), one["location"]["row"]) for one in found if one["code"] == "TID251"}
    return places, {one["filename"] for one in found if one["code"] != "TID251"}


def _shown(found: dict[str, Any]) -> str:
    # As the checker names the cells of notebooks.
    cell = found.get("cell")
    return f"{found['filename']}:cell {cell}" if cell else str(found["filename"])


def checker(project: Path) -> tuple[set[tuple[Place, str]], int]:
    """Return the places that the checker reports without its gate, each with its code, and how many it would lose."""
    script = "import sys; from tests.benchmarks import checker_parity; checker_parity.print_unsuppressed(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-c", script, str(project.resolve())], stdout=subprocess.PIPE, check=True, cwd=ROOT
    )
    found = json.loads(done.stdout)
    return {((path, line), code) for path, line, code, _ in found}, sum(not passes for *_, passes in found)


def print_unsuppressed(folder: str) -> None:
    """Print what the checker finds below a folder, whatever comments suppress, and what its gate lets through."""
    from lint_plugin import checker as core
    from lint_plugin.discovery import files_below
    from lint_plugin.gate import may_matter
    from lint_plugin.manifest_names import is_manifest
    from lint_plugin.program import project_for
    from lint_plugin.settings import Settings
    from lint_plugin.source import read

    settings = Settings(notebooks=True, root=folder)
    found: list[tuple[str, int, str, bool]] = []
    for path in files_below(folder, gitignore=False):
        data, passes = Path(path).read_bytes(), True
        if path.endswith(".ipynb"):
            from lint_plugin.notebooks import check_notebook

            findings = check_notebook(path, data, settings)
        elif is_manifest(path):
            findings = core.check_bytes(path, data, settings)
        else:
            findings = core.check_source(path, read(data), settings, project_for(settings))
            # That a file is not Python matters only where it might break a rule.
            findings = [
                finding for finding in findings if finding.code != core.UNREADABLE or may_matter(data, settings)
            ]
            passes = not findings or may_matter(data, settings)
        found += [(finding.path, finding.line, finding.code, passes) for finding in findings]
    print(json.dumps(found))


def _why_missing(place: Place) -> str:
    return "in a notebook whose cells are not Python together" if ".ipynb:cell" in place[0] else ""


def _why_more(place: Place, broken: set[str]) -> str:
    path, line = place
    if ".ipynb:cell" in path:
        return "in a notebook that ruff reads in another way"
    if path in broken:
        return "in a file that ruff cannot parse"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(Path(path).read_bytes())
    except SyntaxError:
        return "in a file that is not Python as a whole"
    statements = [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
    if any(node.lineno <= line <= (node.end_lineno or 0) for node in statements):
        return "a further name of a statement that ruff reports on its first line"
    return ""


def as_text(rows: list[Row]) -> str:
    """Return the tables of Markdown."""
    table = [
        "| repository | files | ruff | both | only ruff | only ours | lost at the gate |",
        "|---|---|---|---|---|---|---|",
    ]
    table += [
        f"| {row.name} | {row.files:,} | {row.peer:,} | {row.both:,} | {row.missing.total()} "
        f"| {row.more.total():,} | {row.held} |"
        for row in rows
    ]
    missing, more = Counter[str](), Counter[tuple[str, str]]()
    for row in rows:
        missing.update(row.missing)
        more.update(row.more)
    reasons = ["| | findings | because |", "|---|---|---|"]
    reasons += [f"| only ruff | {count:,} | {why or 'no reason: a defect'} |" for why, count in missing.most_common()]
    reasons += [
        f"| only ours, {code} | {count:,} | {why or 'no reason: a defect'} |"
        for (code, why), count in more.most_common()
    ]
    return "\n".join(table) + "\n\n" + "\n".join(reasons)


def as_json(rows: list[Row]) -> str:
    """Return the same for programs."""
    listed: list[dict[str, Any]] = [
        {
            **row._asdict(),
            "missing": [{"findings": count, "because": why} for why, count in row.missing.items()],
            "more": [{"code": code, "findings": n, "because": why} for (code, why), n in row.more.items()],
        }
        for row in rows
    ]
    return json.dumps(listed, indent=1)


def unexplained(row: Row) -> int:
    """Return how many findings of either have no reason."""
    return row.held + row.missing[""] + sum(count for (_, why), count in row.more.items() if not why)


def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.checker_parity",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("projects", nargs="+", type=Path, metavar="FOLDER", help="sources of a repository")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--write", action="store_true", help=f"also write the tables into {PAGE.relative_to(ROOT)}")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "ruff.toml"
        config.write_text(_BAN, encoding="utf-8")
        rows = [compared(project.resolve(), config) for project in options.projects]
    print(as_json(rows) if options.format == "json" else as_text(rows))
    if options.write:
        page_section.write(PAGE, "checker_parity", as_text(rows))
    return int(any(map(unexplained, rows)))


if __name__ == "__main__":
    sys.exit(main())
