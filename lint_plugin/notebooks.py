"""Checks the code cells of Jupyter notebooks: together, as one program, each finding placed in its cell."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from lint_plugin.checker import UNREADABLE, check_bytes
from lint_plugin.finding import Finding
from lint_plugin.settings import Settings


def check_notebook(path: str, data: bytes, settings: Settings) -> list[Finding]:
    """Return what is wrong with a notebook.

    The path of a finding names the cell, counted from 1 over all cells: ``analysis.ipynb:cell 3``.

    Args:
        path: as it will be shown.
        data: the content of the file.
        settings: what holds for it.
    """
    try:
        cells = _code_cells(json.loads(data))
    except (ValueError, RecursionError, TypeError, AttributeError):
        return [Finding(path, 1, 1, UNREADABLE, "is not a notebook; mend the file or add it to `exclude`")]
    return check_cells(path, cells, settings)


def check_cells(path: str, cells: Sequence[tuple[int, str]], settings: Settings) -> list[Finding]:
    """Return what is wrong with the code cells of a notebook; see ``check_notebook``.

    Args:
        path: of the notebook, as it will be shown.
        cells: the number and the text of each.
        settings: what holds for it.
    """
    lines: list[str] = []
    places: list[tuple[int, int]] = []
    for number, source in cells:
        for line, text in enumerate(source.split("\n"), 1):
            lines.append(_plain(text))
            places.append((number, line))
    found = check_bytes(path, "\n".join(lines).encode("utf-8", "replace"), settings)
    return [_placed(finding, path, places) for finding in found]


def _code_cells(content: Any) -> list[tuple[int, str]]:
    cells = []
    for number, cell in enumerate(content["cells"], 1):
        source = cell.get("source", "")
        if cell.get("cell_type") == "code":
            cells.append((number, source if isinstance(source, str) else "".join(source)))
    return cells


def _plain(line: str) -> str:
    # Magic commands and shell lines are not Python.
    return "" if line.lstrip().startswith(("%", "!", "?")) else line


def _placed(finding: Finding, path: str, places: list[tuple[int, int]]) -> Finding:
    cell, line = places[finding.line - 1] if finding.line <= len(places) else (1, finding.line)
    return finding._replace(path=f"{path}:cell {cell}", line=line)
