"""Writes the pages of ``docs/reference`` from the code: ``python -m docs.generate``; ``--check`` compares only."""

from __future__ import annotations

import argparse
import difflib
import importlib
import pkgutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from docs import pages

REFERENCE = Path(__file__).parent / "reference"
_NOTICE = "<!-- Written by `make docs` from the code; change it there. -->"


def generated_pages() -> Iterator[tuple[Path, str]]:
    """Yield the path and text of every generated page; each module of ``docs.pages`` is one."""
    for info in pkgutil.iter_modules(pages.__path__):
        module = importlib.import_module(f"docs.pages.{info.name}")
        parts = (f"# {module.TITLE}", _NOTICE, module.render())
        yield REFERENCE / f"{info.name}.md", "\n\n".join(part.strip() for part in parts) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pages, or with ``--check`` return 1 when one is not what the code says."""
    parser = argparse.ArgumentParser(prog="python -m docs.generate", description="Write docs/reference from the code.")
    parser.add_argument("--check", action="store_true", help="change nothing; show what would change, and fail")
    check = parser.parse_args(arguments).check
    REFERENCE.mkdir(exist_ok=True)
    expected = dict(generated_pages())
    stale = sorted(set(REFERENCE.glob("*.md")) - expected.keys())
    changed = [path for path, text in expected.items() if _written(path) != text]
    if check:
        for path in (*changed, *stale):
            _show_difference(path, expected.get(path, ""))
        return 1 if changed or stale else 0
    for path in changed:
        path.write_text(expected[path], encoding="utf-8")
        print(f"written: {path.relative_to(REFERENCE.parents[1])}")
    for path in stale:
        path.unlink()
    return 0


def _written(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _show_difference(path: Path, text: str) -> None:
    name = str(path.relative_to(REFERENCE.parents[1]))
    difference = difflib.unified_diff(
        _written(path).splitlines(), text.splitlines(), name, "from the code", lineterm=""
    )
    print("\n".join(difference))
    print(f"{name} is out of date: run `make docs`")


if __name__ == "__main__":
    sys.exit(main())
