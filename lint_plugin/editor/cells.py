"""The cells of a notebook that an editor shows: together one program for the checker, each a text for the editor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from lsprotocol import types
from pygls.workspace import Workspace

from lint_plugin.finding import Finding

SYNCHRONISED = types.NotebookDocumentSyncOptions(
    [types.NotebookDocumentFilterWithNotebook(types.NotebookDocumentFilterNotebookType("jupyter-notebook"))]
)
"""Of which notebooks the server wants to be told: with all cells, for the command numbers them all."""


class Cell(NamedTuple):
    """A code cell.

    Args:
        number: of the cell, counted from 1 over all cells.
        uri: by which the editor knows it.
        text: its text.
        version: of the text.
    """

    number: int
    uri: str
    text: str
    version: int | None


def code_cells(notebook: types.NotebookDocument, workspace: Workspace) -> list[Cell]:
    """Return the code cells of a notebook, in order."""
    numbered = [(number, cell.document) for number, cell in enumerate(notebook.cells, 1) if is_code(cell)]
    documents = [(number, uri, workspace.get_text_document(uri)) for number, uri in numbered]
    return [Cell(number, uri, document.source, document.version) for number, uri, document in documents]


def is_code(cell: types.NotebookCell) -> bool:
    """Tell whether a cell is one of code."""
    return cell.kind == types.NotebookCellKind.Code


def findings_in(cell: Cell, findings: Iterable[Finding]) -> list[Finding]:
    """Return those of the findings in a notebook that are in one of its cells."""
    return [finding for finding in findings if finding.path.endswith(f":cell {cell.number}")]
