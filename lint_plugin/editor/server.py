"""The language server: what an editor opens, changes and asks for, and what it is told."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path
from pygls.workspace import ServerTextPosition

from lint_plugin import unsaved
from lint_plugin.checking import Plan
from lint_plugin.editor import actions, cells, explanations
from lint_plugin.editor.fixes import Fix, fix_for, resolved
from lint_plugin.editor.ranges import Extent, extents, lines_of
from lint_plugin.editor.verdicts import Verdicts, checking_thread, encoded
from lint_plugin.finding import Finding
from lint_plugin.reports.markdown import as_markdown
from lint_plugin.settings import SettingsError, load_settings
from lint_plugin.version import VERSION

_log = logging.getLogger(__name__)

# Long enough for the next key, short enough not to be noticed.
_DEBOUNCE_SECONDS = 0.2
# When one file changes what it passes on, so many others that are open are checked again.
_MOST_OTHERS = 50
_FEW_COLLECTIONS = 100_000
_SETTINGS_FILES = ("pyproject.toml", "tracing-facade.toml", ".gitignore")

# What was found, and whether it may change the verdict on other files.
Checked = tuple[list[Finding], bool]


class Shown(NamedTuple):
    """What an editor has been told about a document.

    Args:
        path: of the file that it is, or that it is a cell of.
        text: of the document.
        findings: what was found in it.
        ranges: where, in the units of the editor.
    """

    path: str
    text: str
    findings: list[Finding]
    ranges: list[types.Range]


class Server(LanguageServer):
    """Holds what is open, and checks it in a thread of its own.

    Args:
        config: the file of settings to use instead of the nearest ones, or an empty string.
        strict: whether strict mode is on, whatever the settings say.
    """

    def __init__(self, config: str, strict: bool) -> None:
        # Lines are counted as Python and the protocol do. The library's own counting knows more line ends, so parts of
        # a text would be put in wrong places; hence whole texts.
        super().__init__(
            "tracing-lint",
            VERSION,
            text_document_sync_kind=types.TextDocumentSyncKind.Full,
            notebook_document_sync=cells.SYNCHRONISED,
        )
        self._config = os.path.abspath(config) if config else ""
        self._plan = Plan(load_settings(config) if config else None, strict)
        self._checker = checking_thread()
        self._waiting: dict[str, asyncio.Task[None]] = {}
        self._fixes: dict[str, tuple[str, asyncio.Task[Fix]]] = {}
        self._complaint = ""
        self.verdicts = Verdicts(self._plan, os.getcwd())
        self.shown: dict[str, Shown] = {}

    def begin(self, top: str | None) -> None:
        """Take the folder that the editor shows for the working directory, as if the command were called there."""
        # An empty entry would be that folder, and nothing in it may be run.
        sys.path[:] = [entry for entry in sys.path if entry]
        if top and os.path.isdir(top):
            os.chdir(top)
            self.verdicts = Verdicts(self._plan, os.getcwd())

    def end(self) -> None:
        """Stop what is under way."""
        for task in (*self._waiting.values(), *(task for _, task in self._fixes.values())):
            task.cancel()
        self._checker.shutdown(wait=False, cancel_futures=True)

    # Checking

    def schedule(self, uri: str, delay: float = 0.0) -> None:
        """Check a document soon; what was to be checked of it before is given up."""
        self._forget_task(uri)
        self._waiting[uri] = asyncio.ensure_future(self._check_later(uri, delay))

    def schedule_all(self, but: str = "") -> None:
        """Check again what is open, because something that it depends on has changed."""
        others = [uri for uri in (*self.workspace.text_documents, *self.workspace.notebook_documents) if uri != but]
        for uri in others[-_MOST_OTHERS:]:
            self.schedule(uri, _DEBOUNCE_SECONDS)

    def close(self, uri: str) -> None:
        """Forget a document."""
        self._forget_task(uri)
        self.shown.pop(uri, None)
        fix = self._fixes.pop(uri, None)
        if fix is not None:
            fix[1].cancel()
        path = to_fs_path(uri)
        if path is not None and unsaved.texts.pop(path, None) is not None:
            self._checker.submit(self.verdicts.close, path)
        self._publish(uri, None, [])

    def close_notebook(self, uri: str, shown: Sequence[str]) -> None:
        """Forget a notebook and the cells that were shown of it."""
        self._forget_task(uri)
        self.close_cells(shown)

    def close_cells(self, uris: Sequence[str]) -> None:
        """Forget cells of a notebook."""
        for uri in uris:
            self.shown.pop(uri, None)
            self._publish(uri, None, [])

    def _forget_task(self, uri: str) -> None:
        task = self._waiting.pop(uri, None)
        if task is not None:
            task.cancel()

    async def _check_later(self, uri: str, delay: float) -> None:
        await asyncio.sleep(delay)
        path = to_fs_path(uri)
        if path is None or not uri.startswith("file:"):
            return
        notebook = self.workspace.get_notebook_document(notebook_uri=uri)
        if notebook is not None:
            await self._check_notebook(path, notebook)
            return
        document = self.workspace.get_text_document(uri)
        text, version = document.source, document.version
        found = await self._asked(self._check, path, text)
        if found is None:
            return
        findings, spread = found
        if document.version == version:
            self._tell(uri, path, text, version, findings)
        if spread:
            self.schedule_all(but=uri)

    async def _check_notebook(self, path: str, notebook: types.NotebookDocument) -> None:
        version = notebook.version
        code = cells.code_cells(notebook, self.workspace)
        found = await self._asked(self._check_cells, path, [(cell.number, cell.text) for cell in code])
        if found is None or notebook.version != version:
            return
        other = [cell.document for cell in notebook.cells if not cells.is_code(cell)]
        self.close_cells([uri for uri in other if uri in self.shown])
        for cell in code:
            self._tell(cell.uri, path, cell.text, cell.version, cells.findings_in(cell, found[0]))

    async def _asked(self, check: Callable[..., Checked], path: str, *what: Any) -> Checked | None:
        """Return what a check in the other thread says; ``None`` when it fails, which is logged."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._checker, check, path, *what)
        except SettingsError as error:
            self._complain(str(error))
            return [], False
        except Exception:  # a fault of ours must not end the server
            _log.exception("checking %s failed", path)
            return None

    def _tell(self, uri: str, path: str, text: str, version: int | None, findings: list[Finding]) -> None:
        ranges = [self._range(extent, text) for extent in extents(findings, text)]
        self.shown[uri] = Shown(path, text, findings, ranges)
        self._publish(uri, version, self._diagnostics(path, findings, ranges))

    def _check_cells(self, path: str, code: list[tuple[int, str]]) -> Checked:
        return (self.verdicts.find_in_cells(path, code) if self.verdicts.concerns(path) else []), False

    def _check(self, path: str, text: str) -> Checked:
        # A notebook that is opened as a text is JSON.
        if path.endswith(".ipynb") or not self.verdicts.concerns(path):
            return [], False
        data = encoded(text)
        unsaved.texts[path] = data
        spread = self.verdicts.look_again(path, data)
        return self.verdicts.find(path, data), spread

    def _complain(self, message: str) -> None:
        """Tell the person once that the settings cannot be used."""
        if message != self._complaint:
            self._complaint = message
            shown = types.ShowMessageParams(types.MessageType.Error, f"tracing-lint: {message}")
            self.window_show_message(shown)

    def settings_changed(self) -> None:
        """Read everything again that comes from disk."""
        self._complaint = ""
        self._checker.submit(self.verdicts.forget)
        self.schedule_all()

    # Telling

    def _range(self, extent: Extent, text: str) -> types.Range:
        lines = [line.rstrip("\r\n") for line in lines_of(text)]
        start, end = ServerTextPosition(extent.line, extent.start), ServerTextPosition(extent.line, extent.end)
        codec = self.workspace.position_codec
        return types.Range(codec.position_to_client_units(lines, start), codec.position_to_client_units(lines, end))

    def _diagnostics(self, path: str, findings: Sequence[Finding], ranges: list[types.Range]) -> list[types.Diagnostic]:
        more = self.verdicts.settings(path).rules if findings else ()
        return [diagnostic(finding, place, more) for finding, place in zip(findings, ranges, strict=True)]

    def _publish(self, uri: str, version: int | None, diagnostics: list[types.Diagnostic]) -> None:
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, diagnostics, version))

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Keep faults of the conversation in the log: they are not for the person who writes code."""
        _log.error("%s: %s", getattr(source, "__name__", source), error)

    # Answering

    def explanation(self, params: types.HoverParams) -> types.Hover | None:
        """Return what the rules say that have found something at a place."""
        shown = self.shown.get(params.text_document.uri)
        if shown is None:
            return None
        for finding, place in zip(shown.findings, shown.ranges, strict=True):
            if place.start <= params.position <= place.end:
                found = explanations.rule_of(finding.code, self.verdicts.settings(shown.path).rules)
                if found is not None:
                    text = types.MarkupContent(types.MarkupKind.Markdown, as_markdown(found))
                    return types.Hover(text, place)
        return None

    async def actions(self, params: types.CodeActionParams) -> list[types.CodeAction]:
        """Return what can be done about the findings in a range."""
        uri = params.text_document.uri
        shown, asked = self.shown.get(uri), actions.asked_for(params)
        if not uri.startswith("file:"):
            return []  # the codemod migrates files, not cells
        if shown is None or not asked or not any(map(actions.may_be_fixed, shown.findings)):
            return []
        fix = await self._fix(uri, shown.path, shown.text)
        gone = await asyncio.get_running_loop().run_in_executor(self._checker, self._resolved, shown, fix)
        if self.shown.get(uri) is not shown:
            return []
        document = self.workspace.get_text_document(uri)
        context = actions.Context(
            params, self.client_capabilities, uri, document.version, self.workspace.position_codec
        )
        return actions.answers(context, asked, shown.text, fix, gone)

    async def _fix(self, uri: str, path: str, text: str) -> Fix:
        known = self._fixes.get(uri)
        if known is None or known[0] != text or known[1].cancelled():
            if known is not None:
                known[1].cancel()
            known = self._fixes[uri] = text, asyncio.ensure_future(fix_for(path, text, self._config))
        # The next question may be about the same text: that this one is cancelled must not end the work.
        return await asyncio.shield(known[1])

    def _resolved(self, shown: Shown, fix: Fix) -> set[Finding]:
        if fix.text == shown.text:
            return set()
        return resolved(shown.findings, self.verdicts.find(shown.path, encoded(fix.text)))


def diagnostic(finding: Finding, place: types.Range, more: tuple[str, ...]) -> types.Diagnostic:
    """Return a finding as editors know it.

    Args:
        finding: what was found.
        place: where.
        more: the modules with rules of one's own.
    """
    found = explanations.rule_of(finding.code, more)
    address = explanations.address_of(found) if found is not None else ""
    return types.Diagnostic(
        range=place,
        message=finding.message,
        severity=types.DiagnosticSeverity.Error if finding.level == "error" else types.DiagnosticSeverity.Warning,
        code=finding.code,
        code_description=types.CodeDescription(address) if address else None,
        source=actions.SOURCE,
    )


def serve(config: str, strict: bool) -> None:
    """Speak with an editor on standard input and output until it is done.

    Args:
        config: the file of settings to use instead of the nearest ones, or an empty string.
        strict: whether strict mode is on, whatever the settings say.
    """
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    gc.set_threshold(_FEW_COLLECTIONS)
    server = Server(config, strict)
    _register(server)
    server.start_io()


def _register(server: Server) -> None:
    server.feature(types.INITIALIZE)(_initialize)
    server.feature(types.INITIALIZED)(_initialized)
    server.feature(types.SHUTDOWN)(_shut_down)
    server.feature(types.TEXT_DOCUMENT_DID_OPEN)(_opened)
    server.feature(types.TEXT_DOCUMENT_DID_CHANGE)(_changed)
    server.feature(types.TEXT_DOCUMENT_DID_SAVE)(_saved)
    server.feature(types.TEXT_DOCUMENT_DID_CLOSE)(_closed)
    server.feature(types.NOTEBOOK_DOCUMENT_DID_OPEN)(_notebook_opened)
    server.feature(types.NOTEBOOK_DOCUMENT_DID_CHANGE)(_notebook_changed)
    server.feature(types.NOTEBOOK_DOCUMENT_DID_CLOSE)(_notebook_closed)
    server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)(_changed_on_disk)
    server.feature(types.TEXT_DOCUMENT_HOVER)(_hover)
    options = types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix, actions.FIX_ALL])
    server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)(_code_actions)


def _initialize(server: Server, params: types.InitializeParams) -> None:
    folders = params.workspace_folders or []
    uri = folders[0].uri if folders else params.root_uri
    server.begin(to_fs_path(uri) if uri else params.root_path)


async def _initialized(server: Server, _: types.InitializedParams) -> None:
    workspace = server.client_capabilities.workspace
    watching = workspace.did_change_watched_files if workspace else None
    if watching is None or not watching.dynamic_registration:
        return
    watchers = [types.FileSystemWatcher(f"**/{name}") for name in (*_SETTINGS_FILES, "*.py")]
    options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
    registration = types.Registration("files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
    await server.client_register_capability_async(types.RegistrationParams([registration]))


def _shut_down(server: Server, _: None) -> None:
    server.end()


def _opened(server: Server, params: types.DidOpenTextDocumentParams) -> None:
    server.schedule(params.text_document.uri)


def _changed(server: Server, params: types.DidChangeTextDocumentParams) -> None:
    server.schedule(params.text_document.uri, _DEBOUNCE_SECONDS)


def _saved(server: Server, params: types.DidSaveTextDocumentParams) -> None:
    if params.text_document.uri.endswith(_SETTINGS_FILES):
        server.settings_changed()
    else:
        server.schedule(params.text_document.uri)


def _closed(server: Server, params: types.DidCloseTextDocumentParams) -> None:
    server.close(params.text_document.uri)


def _notebook_opened(server: Server, params: types.DidOpenNotebookDocumentParams) -> None:
    server.schedule(params.notebook_document.uri)


def _notebook_changed(server: Server, params: types.DidChangeNotebookDocumentParams) -> None:
    structure = params.change.cells.structure if params.change.cells else None
    server.close_cells([one.uri for one in (structure.did_close if structure else None) or ()])
    server.schedule(params.notebook_document.uri, _DEBOUNCE_SECONDS)


def _notebook_closed(server: Server, params: types.DidCloseNotebookDocumentParams) -> None:
    server.close_notebook(params.notebook_document.uri, [one.uri for one in params.cell_text_documents])


def _changed_on_disk(server: Server, params: types.DidChangeWatchedFilesParams) -> None:
    # What is open here is known better than what is on disk.
    shown = server.workspace.text_documents
    if any(change.uri.endswith(_SETTINGS_FILES) or change.uri not in shown for change in params.changes):
        server.settings_changed()


def _hover(server: Server, params: types.HoverParams) -> types.Hover | None:
    return server.explanation(params)


async def _code_actions(server: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    return await server.actions(params)
