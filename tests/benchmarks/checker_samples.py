"""Compares what the checker and its peers find in hand-written samples.

::

    python -m tests.benchmarks.checker_samples
    python -m tests.benchmarks.checker_samples --write     # into docs/explanation/checker.md

The samples are those of ``tests/lint_plugin/cases`` that need no settings but an allow-list, which the peers are given
as well, and that are about importing or about starting spans; not those about comments that suppress, for which each
tool has its own. All tools see the same files; the peers are installed for that into a folder that is removed again.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

from lint_plugin.globs import glob_pattern
from tests.benchmarks.page_section import write
from tests.lint_plugin.samples import Sample, samples
from tests.support.repository import ROOT

_PAGE = ROOT / "docs" / "explanation" / "checker.md"
_THEMES = {
    "static": "import statements", "dynamic": "dynamic loading", "modules": "`sys.modules`",
    "code": "code strings", "strings": "strings", "names": "annotations and look-alikes", "reexport": "re-exports",
    "spans": "spans past the facade", "smuggle": "smuggled in other ways",
}  # fmt: skip
_SHARED = {
    "A-static": "static", "C-dynamic": "dynamic", "D-sysmodules": "modules", "E-exec": "code",
    "F-strings": "strings", "G-annotation": "names", "H-names": "names", "I-reexport": "reexport",
    "J-spanstart": "spans", "K-smuggle": "smuggle", "services": "spans",
}  # fmt: skip
# What is about the use of the facade itself no peer can be asked.
_OWN_POLICY = ("TRF2", "TRF3", "private")

_SEMGREP = (
    "import opentelemetry", "import opentelemetry.$X", "from opentelemetry import $X",
    "from opentelemetry.$Y import $X", 'importlib.import_module("=~/^opentelemetry/")',
    '__import__("=~/^opentelemetry/")', 'sys.modules["=~/^opentelemetry/"]',
    'sys.modules.get("=~/^opentelemetry/", ...)', 'exec("=~/import opentelemetry|from opentelemetry/", ...)',
    "$TRACER.start_as_current_span(...)",
)  # fmt: skip

Place = tuple[str, int]
Find = Callable[[Path, Path], Iterable[Place]]


class Score(NamedTuple):
    """What a tool makes of one group: lines found, and lines reported without cause."""

    found: int
    wrong: int


def main(arguments: list[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.checker_samples",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--write", action="store_true", help=f"also write the table into {_PAGE.relative_to(ROOT)}")
    options = parser.parse_args(arguments)
    chosen = [one for one in samples() if _is_comparable(one)]
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "samples"
        for one in chosen:
            one.write(_made(tree / one.name))
        scripts = _installed(Path(folder) / "peers")
        found = {tool: _kept(find(tree, scripts), chosen) for tool, find in _TOOLS.items() if _is_there(tool, scripts)}
    table = _table(chosen, found)
    print(table)
    if options.write:
        write(_PAGE, "checker_samples", table)


def _is_comparable(one: Sample) -> bool:
    if one.settings or one.group in ("suppress", "B-suppress", "manifests"):
        return False
    return not any(place.kind.startswith(_OWN_POLICY) for place in one.expected)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def _installed(folder: Path) -> Path:
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "ruff", "flake8", "flake8-tidy-imports", "pylint"], check=True)
    subprocess.run([*pip, "semgrep"], check=False)
    return folder / "bin"


def _is_there(tool: str, scripts: Path) -> bool:
    return tool != "semgrep" or (scripts / "semgrep").exists()


def _output(command: list[str], folder: Path) -> str:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", check=False).stdout


def _ours(tree: Path, scripts: Path) -> Iterable[Place]:
    command = [sys.executable, "-m", "lint_plugin.command", "check", "--no-cache", "--format", "json", "."]
    return [(one["path"], one["line"]) for one in json.loads(_output(command, tree))]


def _ruff(tree: Path, scripts: Path) -> Iterable[Place]:
    banned = 'lint.flake8-tidy-imports.banned-api."opentelemetry".msg = "x"'
    command = [str(scripts / "ruff"), "check", "--isolated", "--no-cache", "--select", "TID251", "--config", banned]
    found = json.loads(_output([*command, "--output-format", "json", "."], tree))
    inside = [one for one in found if one["code"] == "TID251"]
    return [(str(Path(one["filename"]).relative_to(tree.resolve())), one["location"]["row"]) for one in inside]


def _tidy(tree: Path, scripts: Path) -> Iterable[Place]:
    settings = tree.parent / "flake8.ini"
    settings.write_text("[flake8]\nselect = I251\nbanned-modules =\n  opentelemetry = x\n  opentelemetry.* = x\n")
    lines = _output([str(scripts / "flake8"), "--config", str(settings), "."], tree).splitlines()
    places = (line.split(":", 3) for line in lines if "I251" in line)
    return [(place[0].removeprefix("./"), int(place[1])) for place in places]


def _pylint(tree: Path, scripts: Path) -> Iterable[Place]:
    files = [str(path.relative_to(tree)) for path in sorted(tree.rglob("*.py"))]
    command = [str(scripts / "pylint"), "--disable=all", "--enable=deprecated-module", "--output-format=json"]
    text = _output([*command, "--deprecated-modules=opentelemetry", *files], tree)
    return [(one["path"], one["line"]) for one in json.loads(text or "[]")]


def _semgrep(tree: Path, scripts: Path) -> Iterable[Place]:
    rules = [
        {"id": f"r{number}", "pattern": pattern, "message": "x", "languages": ["python"], "severity": "ERROR"}
        for number, pattern in enumerate(_SEMGREP)
    ]
    settings = tree.parent / "semgrep.json"
    settings.write_text(json.dumps({"rules": rules}))
    command = [str(scripts / "semgrep"), "scan", "--config", str(settings), "--metrics=off", "--disable-version-check"]
    text = _output([*command, "--no-git-ignore", "--json", "."], tree)
    return [(one["path"], one["start"]["line"]) for one in json.loads(text)["results"]]


_TOOLS: dict[str, Find] = {
    "tracing-lint": _ours,
    "ruff TID251": _ruff,
    "flake8-tidy-imports": _tidy,
    "pylint": _pylint,
    "semgrep": _semgrep,
}


def _kept(places: Iterable[Place], chosen: list[Sample]) -> set[Place]:
    """Return the places apart from those in files that may import; not every tool has such a setting."""
    allowed = {one.name: [glob_pattern(glob) for glob in one.allow] for one in chosen}
    found = set()
    for path, line in places:
        name, _, inside = path.partition("/")
        if not any(pattern.match(inside) for pattern in allowed.get(name, ())):
            found.add((path, line))
    return found


def _table(chosen: list[Sample], found: dict[str, set[Place]]) -> str:
    when = datetime.now(timezone.utc).date()
    rows = [
        f"{when}, {len(chosen)} samples. In each cell: lines found, and after a slash lines reported without cause.",
        "",
    ]
    rows.append("| | lines to report | " + " | ".join(found) + " |")
    rows.append("|---|---|" + "---|" * len(found))
    for theme, title in {**_THEMES, "": "**all**"}.items():
        of_theme = [one for one in chosen if theme in ("", _SHARED.get(one.group, one.group))]
        wanted = {(f"{one.name}/{place.path}", place.line) for one in of_theme for place in one.expected}
        scores = [_score(wanted, {one.name for one in of_theme}, places) for places in found.values()]
        cells = [f"{score.found * 100 // max(len(wanted), 1)} % / {score.wrong}" for score in scores]
        rows.append(f"| {title} | {len(wanted)} | {' | '.join(cells)} |")
    return "\n".join(rows)


def _score(wanted: set[Place], names: set[str], places: set[Place]) -> Score:
    inside = {place for place in places if place[0].partition("/")[0] in names}
    return Score(len(wanted & inside), len(inside - wanted))


if __name__ == "__main__":
    main()
