"""Notebooks in the editor: the server is told of cells, and speaks of each by itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lsprotocol import types

from tests.lint_plugin.editor.client import Editor, edit
from tests.lint_plugin.running import Run, runner, write

CELLS = (
    "# A shop",
    "from opentelemetry import trace\ntracer = trace.get_tracer('x')",
    "%ls\nx = 1; tracer.start_span('y')",
)
NOTEBOOK = types.NotebookDocumentClientCapabilities(types.NotebookDocumentSyncClientCapabilities())
CODE, MARKUP = types.NotebookCellKind.Code, types.NotebookCellKind.Markup


class Notebook:
    """A notebook that an editor has open.

    Args:
        editor: the editor.
        name: of its file.
    """

    def __init__(self, editor: Editor, name: str) -> None:
        self._editor = editor
        self._version = 1
        self._uri = editor.uri(name)
        self.uris = [f"vscode-notebook-cell:{editor.folder / name}#{number}" for number, _ in enumerate(CELLS)]
        texts = [types.TextDocumentItem(uri, "python", 1, text) for uri, text in zip(self.uris, CELLS, strict=True)]
        cells = [types.NotebookCell(CODE if number else MARKUP, uri) for number, uri in enumerate(self.uris)]
        document = types.NotebookDocument(self._uri, "jupyter-notebook", 1, cells)
        editor.notebook_document_did_open(types.DidOpenNotebookDocumentParams(document, texts))

    def type(self, cell: int, text: str) -> None:
        """Change the text of a cell."""
        document = types.VersionedTextDocumentIdentifier(uri=self.uris[cell], version=self._version + 1)
        whole = types.TextDocumentContentChangeWholeDocument(text)
        content = types.NotebookDocumentCellContentChanges(document, [whole])
        self._change(types.NotebookDocumentCellChanges(text_content=[content]))

    def remove(self, cell: int) -> None:
        """Take a cell out."""
        array = types.NotebookCellArrayChange(cell, 1)
        closed = [types.TextDocumentIdentifier(self.uris.pop(cell))]
        structure = types.NotebookDocumentCellChangeStructure(array, did_close=closed)
        self._change(types.NotebookDocumentCellChanges(structure=structure))

    def close(self) -> None:
        """Close it."""
        cells = [types.TextDocumentIdentifier(uri) for uri in self.uris]
        closed = types.DidCloseNotebookDocumentParams(types.NotebookDocumentIdentifier(self._uri), cells)
        self._editor.notebook_document_did_close(closed)

    def _change(self, changes: types.NotebookDocumentCellChanges) -> None:
        self._version += 1
        document = types.VersionedNotebookDocumentIdentifier(self._version, self._uri)
        event = types.NotebookDocumentChangeEvent(cells=changes)
        self._editor.notebook_document_did_change(types.DidChangeNotebookDocumentParams(document, event))

    def found(self) -> list[tuple[int, int, int, str]]:
        """Return cell, line, column and code of what the server says of it now."""
        told = [(uri, self._editor.published.get(uri)) for uri in self.uris]
        return [
            (self.uris.index(uri) + 1, one.range.start.line + 1, one.range.start.character + 1, str(one.code))
            for uri, params in told
            for one in (params.diagnostics if params else ())
        ]

    async def until(self, wanted: list[tuple[int, int, int, str]]) -> None:
        """Wait until the server says just this."""
        await self._editor.until(lambda: self.found() == wanted)


def _settings(folder: Path, more: str = "notebooks = true\n") -> None:
    cells = [{"cell_type": "code" if number else "markdown", "source": text} for number, text in enumerate(CELLS)]
    write(folder, {
        "pyproject.toml": f"[tool.tracing-facade]\n{more}", "a.ipynb": json.dumps({"cells": cells}), "b.py": "",
    })  # fmt: skip


def test_cells_are_checked_together_and_told_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As the command reports them; again after each change, and no more once they are gone."""
    _settings(tmp_path)
    both = [(2, 1, 1, "TRF101"), (3, 2, 8, "TRF201")]
    run: Run = runner(tmp_path, monkeypatch, capsys)
    found = run("check", "--format", "json", ".").findings()
    reported = [(one["path"], one["line"], one["column"], one["code"]) for one in found]
    assert reported == [(f"a.ipynb:cell {cell}", *rest) for cell, *rest in both]

    async def work(editor: Editor) -> None:
        notebook = Notebook(editor, "a.ipynb")
        await notebook.until(both)
        notebook.type(2, "x = 1")
        await notebook.until(both[:1])
        notebook.type(2, CELLS[2])
        await notebook.until(both)
        place = types.Range(types.Position(0, 0), types.Position(0, 0))
        shown = types.TextDocumentIdentifier(notebook.uris[1])
        hover = await editor.text_document_hover_async(types.HoverParams(shown, place.start))
        assert hover is not None
        told = list(editor.published[notebook.uris[1]].diagnostics)
        asked = types.CodeActionParams(shown, place, types.CodeActionContext(told))
        assert not await editor.text_document_code_action_async(asked)
        gone = notebook.uris[1]
        notebook.remove(1)
        await notebook.until([])
        assert not editor.published[gone].diagnostics
        notebook.close()

    edit(tmp_path, work, notebook_document=NOTEBOOK)


def test_a_notebook_is_left_alone_where_the_command_leaves_it(tmp_path: Path) -> None:
    """Without the setting, and when it is opened as the text that it is."""
    _settings(tmp_path, "")

    async def work(editor: Editor) -> None:
        notebook = Notebook(editor, "a.ipynb")
        await editor.until(lambda: notebook.uris[1] in editor.published)
        assert notebook.found() == []
        notebook.close()
        editor.open("a.ipynb")
        assert await editor.told("a.ipynb") == []

    edit(tmp_path, work, notebook_document=NOTEBOOK)
