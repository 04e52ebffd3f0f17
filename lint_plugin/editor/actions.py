"""What an editor offers about findings: to migrate the file, or the reason why a person has to do it."""

from __future__ import annotations

from typing import NamedTuple

from lsprotocol import types
from pygls.workspace import PositionCodec, ServerTextPosition

from lint_plugin.editor.fixes import Fix, changes
from lint_plugin.editor.ranges import lines_of
from lint_plugin.finding import Finding

SOURCE = "tracing-lint"
FIX_ALL = f"{types.CodeActionKind.SourceFixAll.value}.tracing-facade"

_QUICK_FIX = types.CodeActionKind.QuickFix.value
# Only what these rules report is of the kind that the codemod is about.
_MIGRATED = ("TRF10", "TRF11", "TRF201")


class Context(NamedTuple):
    """What is known of a question.

    Args:
        params: the question.
        client: what the editor can do.
        uri: of the document.
        version: of the document.
        codec: counts characters as the editor does.
    """

    params: types.CodeActionParams
    client: types.ClientCapabilities
    uri: str
    version: int | None
    codec: PositionCodec


def may_be_fixed(finding: Finding) -> bool:
    """Tell whether the codemod may do away with a finding."""
    return finding.code.startswith(_MIGRATED)


def asked_for(params: types.CodeActionParams) -> list[str]:
    """Return the kinds of actions that are wanted: quick fixes of findings, the migration of a whole file."""
    only = [str(getattr(kind, "value", kind)) for kind in params.context.only or ()]
    kinds = [_QUICK_FIX] if _ours(params) else []
    # Editors that say nothing ask for what is at the cursor; whole files are for those that name the kind.
    kinds += [FIX_ALL] if only else []
    return [kind for kind in kinds if not only or any(f"{kind}.".startswith(f"{one}.") for one in only)]


def _ours(params: types.CodeActionParams) -> list[types.Diagnostic]:
    found = [one for one in params.context.diagnostics if one.source == SOURCE]
    return [one for one in found if str(one.code).startswith(_MIGRATED)]


def answers(context: Context, asked: list[str], text: str, fix: Fix, gone: set[Finding]) -> list[types.CodeAction]:
    """Return the actions for a question.

    Args:
        context: the question and what is known of it.
        asked: the kinds that are wanted.
        text: of the document.
        fix: what the codemod makes of it.
        gone: the findings that it does away with.
    """
    keys = {(one.line - 1, one.code, one.message) for one in gone}
    ours = _ours(context.params)
    mended = [one for one in ours if (one.range.start.line, one.code, one.message) in keys]
    found = []
    if FIX_ALL in asked and fix.text != text:
        found.append(_migration(context, text, fix, FIX_ALL, []))
    if _QUICK_FIX in asked and mended:
        found.append(_migration(context, text, fix, _QUICK_FIX, mended))
    elif _QUICK_FIX in asked and _shows_disabled(context.client):
        reasons = [fix.reason(one.range.start.line + 1) for one in ours]
        reason = next(filter(None, reasons), "the codemod has no idiom for it; a person has to change it")
        found.append(
            types.CodeAction(
                "Migrate to tracing_facade", _QUICK_FIX, ours, disabled=types.CodeActionDisabled(reason=reason)
            )
        )
    return found


def _shows_disabled(client: types.ClientCapabilities) -> bool:
    document = client.text_document
    return bool(document and document.code_action and document.code_action.disabled_support)


def _migration(
    context: Context, text: str, fix: Fix, kind: str, diagnostics: list[types.Diagnostic]
) -> types.CodeAction:
    uses = f"{fix.uses} use{'' if fix.uses == 1 else 's'} of OpenTelemetry"
    return types.CodeAction(
        f"Migrate {uses} in this file to tracing_facade",
        kind,
        diagnostics or None,
        is_preferred=True,
        edit=_edit(context, _edits(context.codec, text, fix.text)),
    )


def _edit(context: Context, edits: list[types.TextEdit]) -> types.WorkspaceEdit:
    workspace = context.client.workspace
    if not (workspace and workspace.workspace_edit and workspace.workspace_edit.document_changes):
        return types.WorkspaceEdit(changes={context.uri: edits})
    document = types.OptionalVersionedTextDocumentIdentifier(context.uri, context.version)
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(document, list(edits))])


def _edits(codec: PositionCodec, before: str, after: str) -> list[types.TextEdit]:
    lines = lines_of(before)
    return [
        types.TextEdit(types.Range(_place(codec, lines, one.start), _place(codec, lines, one.end)), one.text)
        for one in changes(before, after)
    ]


def _place(codec: PositionCodec, lines: list[str], line: int) -> types.Position:
    """Return the begin of a line, or the end of the text after the last one."""
    if line < len(lines):
        return types.Position(line, 0)
    return codec.position_to_client_units(lines, ServerTextPosition(len(lines) - 1, len(lines[-1])))
