"""An editor: pygls' own client, which starts the language server and speaks with it over standard input and output."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import types
from pygls.lsp.client import LanguageClient

Result = TypeVar("Result")

COMMAND = Path(sys.executable).with_name("tracing-lint")

# A busy machine may be slow; nothing here is that slow unless it has failed.
PATIENCE_SECONDS = 60


class Editor(LanguageClient):
    """Has one folder open, and remembers what it is told about each file.

    Args:
        folder: the folder.
        options: words after ``tracing-lint lsp``.
    """

    def __init__(self, folder: Path, *options: str) -> None:
        super().__init__("an-editor", "1")
        self.folder = folder
        self.options = options
        self.messages: list[str] = []
        self.published: dict[str, types.PublishDiagnosticsParams] = {}
        self.changed = asyncio.Event()
        self.texts: dict[str, tuple[str, int]] = {}
        self.server: types.InitializeResult | None = None

    async def begin(self, capabilities: types.ClientCapabilities | None = None) -> None:
        """Start the server."""
        self.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda params: self._publish(params))
        self.feature(types.WINDOW_SHOW_MESSAGE)(lambda params: self._show(params))
        await self.start_io(str(COMMAND), "lsp", *self.options, cwd=str(self.folder))
        can = capabilities or types.ClientCapabilities()
        params = types.InitializeParams(can, process_id=os.getpid(), root_uri=self.folder.as_uri())
        self.server = await self.initialize_async(params)
        self.initialized(types.InitializedParams())

    async def end(self) -> int | None:
        """Let the server end, and return its exit code."""
        process = self._server
        assert process is not None
        await self.shutdown_async(None)
        self.exit(None)
        code = await asyncio.wait_for(process.wait(), PATIENCE_SECONDS)
        await self.stop()  # type: ignore[no-untyped-call]  # the library leaves it without types
        return code

    def _publish(self, params: types.PublishDiagnosticsParams) -> None:
        self.published[params.uri] = params
        self.changed.set()

    def _show(self, params: types.ShowMessageParams) -> None:
        self.messages.append(params.message)
        self.changed.set()

    def uri(self, name: str) -> str:
        """Return the address of a file."""
        return (self.folder / name).as_uri()

    def open(self, name: str, text: str | None = None) -> None:
        """Open a file, with another text than it has on disk if one is given."""
        shown = (self.folder / name).read_bytes().decode() if text is None else text
        self.texts[name] = shown, 1
        item = types.TextDocumentItem(self.uri(name), "python", 1, shown)
        self.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def type(self, name: str, text: str) -> None:
        """Change the text of a file, without saving it."""
        version = self.texts[name][1] + 1
        self.texts[name] = text, version
        document = types.VersionedTextDocumentIdentifier(uri=self.uri(name), version=version)
        whole = types.TextDocumentContentChangeWholeDocument(text)
        self.text_document_did_change(types.DidChangeTextDocumentParams(document, [whole]))

    def save(self, name: str) -> None:
        """Save the text of a file."""
        (self.folder / name).write_bytes(self.texts[name][0].encode())
        self.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(self.uri(name))))

    async def until(self, holds: Callable[[], Result]) -> Result:
        """Wait until something is so, and return what it is; it is asked again whenever the server says something."""
        async with _Deadline():
            while not (result := holds()):
                self.changed.clear()
                await self.changed.wait()
        return result

    async def told(self, name: str, version: int | None = None) -> list[types.Diagnostic]:
        """Wait until the server has spoken of the text of a file as it is now, and return what it says."""
        uri, wanted = self.uri(name), version or self.texts[name][1]
        told = await self.until(lambda: self.published.get(uri) if self._version(uri) == wanted else None)
        assert told is not None
        return list(told.diagnostics)

    def _version(self, uri: str) -> int | None:
        return self.published[uri].version if uri in self.published else None

    async def actions(self, name: str, diagnostics: list[types.Diagnostic], *only: str) -> list[types.CodeAction]:
        """Return what the server offers to do about diagnostics."""
        place = diagnostics[0].range if diagnostics else types.Range(types.Position(0, 0), types.Position(0, 0))
        context = types.CodeActionContext(diagnostics, [*only] or None)
        params = types.CodeActionParams(types.TextDocumentIdentifier(self.uri(name)), place, context)
        answer = await asyncio.wait_for(self.text_document_code_action_async(params), PATIENCE_SECONDS)
        return [one for one in answer or () if isinstance(one, types.CodeAction)]

    def apply(self, name: str, action: types.CodeAction) -> None:
        """Do what an action says, as editors do: with places counted in units of UTF-16."""
        assert action.edit is not None
        edits = list((action.edit.changes or {}).get(self.uri(name), ()))
        for change in action.edit.document_changes or ():
            assert isinstance(change, types.TextDocumentEdit)
            assert (change.text_document.uri, change.text_document.version) == (self.uri(name), self.texts[name][1])
            edits += [edit for edit in change.edits if isinstance(edit, types.TextEdit)]
        text = self.texts[name][0]
        for edit in sorted(edits, key=lambda one: one.range.start, reverse=True):
            start, end = (offset(text, place) for place in (edit.range.start, edit.range.end))
            text = text[:start] + edit.new_text + text[end:]
        self.type(name, text)


def offset(text: str, place: types.Position) -> int:
    """Return the index of a place that is counted in units of UTF-16."""
    lines = text.replace("\r\n", "\0\n").replace("\r", "\n").split("\n")
    before = sum(len(line) + 1 for line in lines[: place.line])
    units = lines[place.line].encode("utf-16-le")[: 2 * place.character]
    return before + len(units.decode("utf-16-le"))


def shown(text: str, place: types.Range) -> str:
    """Return the part of a text that an editor would underline."""
    return text[offset(text, place.start) : offset(text, place.end)]


class _Deadline:
    # asyncio.timeout is there from Python 3.11 on.
    async def __aenter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._timer = asyncio.get_running_loop().call_later(PATIENCE_SECONDS, task.cancel)

    async def __aexit__(self, *_: object) -> None:
        self._timer.cancel()


def edit(folder: Path, work: Callable[[Editor], Awaitable[None]], *options: str, **capabilities: Any) -> Editor:
    """Open a folder in an editor, do something with it, and close it; the server must end by itself, with 0.

    Args:
        folder: the folder.
        work: what is done.
        options: words after ``tracing-lint lsp``.
        capabilities: what the editor can do.
    """

    async def whole() -> Editor:
        editor = Editor(folder, *options)
        await editor.begin(types.ClientCapabilities(**capabilities))
        await work(editor)
        assert await editor.end() == 0
        return editor

    return asyncio.run(whole())
