"""The language server, driven by a real client over standard input and output."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from lsprotocol import types

from tests.lint_plugin.editor.client import Editor, edit, shown
from tests.lint_plugin.running import write

SHOP = """\
from opentelemetry import trace

tracer = trace.get_tracer(__name__)


def handle(order):
    with tracer.start_as_current_span("order.handle") as span:
        span.set_attribute("order.items", len(order))
"""


BROKEN = (
    b"{", b"[]", b"null", b"{}", b"\xff\xfe", b'{"jsonrpc": "2.0", "method": 5}', b'{"jsonrpc": "2.0", "id": 1}',
    b'{"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": 3}}',
    b'{"jsonrpc": "2.0", "id": "x", "method": "no/such/method", "params": {}}',
)  # fmt: skip


def _codes(diagnostics: list[types.Diagnostic]) -> list[tuple[int, str]]:
    return [(one.range.start.line + 1, str(one.code)) for one in diagnostics]


def test_a_quick_fix_is_applied_and_the_text_is_clean(tmp_path: Path) -> None:
    """Diagnostics appear when a file is opened, the fix migrates it, and what is then checked has none."""
    write(tmp_path, {"shop.py": SHOP})

    async def work(editor: Editor) -> None:
        editor.open("shop.py")
        found = await editor.told("shop.py")
        assert _codes(found) == [(1, "TRF101"), (7, "TRF201")]
        first = found[0]
        assert shown(SHOP, first.range) == "from opentelemetry import trace"
        assert (first.source, first.severity) == ("tracing-lint", types.DiagnosticSeverity.Error)
        assert first.code_description is not None
        assert first.code_description.href.endswith("/lint_plugin/rules/trf101_sealed_import.py")
        (fix,) = await editor.actions("shop.py", found[:1])
        assert fix.title == "Migrate 2 uses of OpenTelemetry in this file to tracing_facade"
        assert (fix.kind, list(fix.diagnostics or ())) == ("quickfix", found[:1])
        editor.apply("shop.py", fix)
        assert await editor.told("shop.py") == []
        assert "import tracing_facade as tracing\n" in editor.texts["shop.py"][0]
        assert "opentelemetry" not in editor.texts["shop.py"][0]

    edit(tmp_path, work)


def test_what_is_typed_is_checked_before_it_is_saved(tmp_path: Path) -> None:
    """The text of the editor counts, not the file; of many changes the last one is answered."""
    write(tmp_path, {"shop.py": ""})

    async def work(editor: Editor) -> None:
        editor.open("shop.py")
        assert await editor.told("shop.py") == []
        for end in range(1, len("import opentelemetry") + 1):
            editor.type("shop.py", "import opentelemetry"[:end])
        assert _codes(await editor.told("shop.py")) == [(1, "TRF101")]
        editor.type("shop.py", "import os\n")
        editor.save("shop.py")
        assert await editor.told("shop.py") == []

    edit(tmp_path, work)


def test_places_are_counted_in_utf_16(tmp_path: Path) -> None:
    """Characters outside of the basic plane count twice, form feeds end no line, and a fix goes where it should."""
    text = (
        "x = '\U0001f600\U0001f600\u00e4'; import opentelemetry as o  # \U0001f600\n\x0c\n"
        "y = '\U0001f600'; import opentelemetry.sdk\n"
    )
    write(tmp_path, {"shop.py": text})

    async def work(editor: Editor) -> None:
        editor.open("shop.py")
        found = await editor.told("shop.py")
        assert [(one.range.start.line, one.range.start.character) for one in found] == [(0, 13), (2, 10)]
        assert [shown(text, one.range) for one in found] == ["import opentelemetry as o", "import opentelemetry.sdk"]
        fixable = f"icon = '\U0001f600'\x0c\n{SHOP}# \U0001f600".replace("\n", "\r\n")
        editor.type("shop.py", fixable)
        found = await editor.told("shop.py")
        (fix,) = await editor.actions("shop.py", found)
        editor.apply("shop.py", fix)
        assert await editor.told("shop.py") == []
        after = editor.texts["shop.py"][0]
        assert after.startswith("import tracing_facade as tracing\r\n\r\nicon = '\U0001f600'\x0c\r\n")
        assert after.endswith("# \U0001f600")
        assert "\n" not in after.replace("\r\n", "")

    edit(tmp_path, work)


def test_an_editor_that_counts_bytes_is_told_bytes(tmp_path: Path) -> None:
    """The editor chooses the encoding of places when it says which it can."""
    write(tmp_path, {"shop.py": "x = '\U0001f600'; import opentelemetry\n"})

    async def work(editor: Editor) -> None:
        editor.open("shop.py")
        (found,) = await editor.told("shop.py")
        assert found.range.start.character == len("x = '\U0001f600'; ".encode())

    general = types.GeneralClientCapabilities(position_encodings=[types.PositionEncodingKind.Utf8])
    edit(tmp_path, work, general=general)


def test_other_open_files_are_checked_again_when_a_file_passes_on_something_else(tmp_path: Path) -> None:
    """A re-export that is typed in one file, and not saved, is reported where another one uses it."""
    write(tmp_path, {
        "pyproject.toml": "[tool.tracing-facade]\nallow = ['app/seal.py']\n",
        "app/seal.py": "from opentelemetry import trace as _trace\n\ndef trace(): ...\n",
        "app/use.py": "from app.seal import trace\n",
    })  # fmt: skip

    async def work(editor: Editor) -> None:
        editor.open("app/use.py")
        editor.open("app/seal.py")
        assert await editor.told("app/use.py") == []
        await editor.told("app/seal.py")
        editor.type("app/seal.py", "from opentelemetry import trace\n")
        uri = editor.uri("app/use.py")
        told = await editor.until(lambda: editor.published[uri].diagnostics)
        assert _codes(list(told)) == [(1, "TRF107")]
        editor.type("app/seal.py", "from opentelemetry import trace as _trace\n\ndef trace(): ...\n")
        await editor.until(lambda: not editor.published[uri].diagnostics)

    edit(tmp_path, work)


def test_settings_hold_as_for_the_command(tmp_path: Path) -> None:
    """Nearest settings, ignored folders, levels, comments and the baseline; a change of the settings is noticed."""
    write(tmp_path, {
        "pyproject.toml": "[tool.tracing-facade]\nlevels = ['TRF101=warning warned.py']\nbaseline = 'known.toml'\n",
        "known.toml": (
            "[[finding]]\npath = 'known.py'\ncode = 'TRF101'\nline = 1\ntext = 'import opentelemetry'\n"
            "reason = 'r'\nowner = 'o'\n"
        ),
        ".gitignore": "ignored/\n",
        "inner/tracing-facade.toml": "allow = ['**']\n",
        **dict.fromkeys(
            ("warned.py", "known.py", "inner/allowed.py", "ignored/a.py", ".venv/b.py"), "import opentelemetry\n"
        ),
        "excused.py": "import opentelemetry  # noqa: TRF101 - for a test\n",
        "requirements.txt": "flask\nopentelemetry-sdk==1.30\n",
    })  # fmt: skip

    async def work(editor: Editor) -> None:
        silent = ["known.py", "inner/allowed.py", "ignored/a.py", ".venv/b.py", "excused.py"]
        for name in (*silent, "warned.py", "requirements.txt"):
            editor.open(name)
        assert [await editor.told(name) for name in silent] == [[]] * len(silent)
        (warned,) = await editor.told("warned.py")
        assert warned.severity == types.DiagnosticSeverity.Warning
        assert _codes(await editor.told("requirements.txt")) == [(2, "TRF109")]
        editor.open("pyproject.toml", "[tool.tracing-facade]\nexclude = ['warned.py']\n")
        editor.save("pyproject.toml")
        await editor.until(lambda: not editor.published[editor.uri("warned.py")].diagnostics)
        editor.type("pyproject.toml", "[tool.tracing-facade]\nexclud = ['warned.py']\n")
        editor.save("pyproject.toml")
        await editor.until(lambda: editor.messages)
        assert "unknown key 'exclud'; did you mean exclude?" in editor.messages[0]
        editor.type("pyproject.toml", "")
        editor.save("pyproject.toml")
        await editor.until(lambda: editor.published[editor.uri("warned.py")].diagnostics)

    edit(tmp_path, work)


def test_a_rule_explains_itself_where_it_has_found_something(tmp_path: Path) -> None:
    """As Markdown, with what is wrong and what is right; elsewhere there is nothing to say."""
    write(tmp_path, {"shop.py": SHOP})

    async def work(editor: Editor) -> None:
        editor.open("shop.py")
        await editor.told("shop.py")
        document = types.TextDocumentIdentifier(editor.uri("shop.py"))
        hover = await editor.text_document_hover_async(types.HoverParams(document, types.Position(0, 8)))
        assert hover is not None
        assert isinstance(hover.contents, types.MarkupContent)
        assert hover.contents.value.startswith("**TRF101 sealed-import**\n\nA sealed module is imported.")
        assert "Right:\n\n```python\nimport tracing_facade as tracing\n" in hover.contents.value
        nothing = await editor.text_document_hover_async(types.HoverParams(document, types.Position(4, 0)))
        assert nothing is None

    edit(tmp_path, work)


def test_what_cannot_be_migrated_says_why(tmp_path: Path) -> None:
    """An editor that shows actions which cannot be done gets the reason; others get none, and on saving none either."""
    text = "from opentelemetry.sdk.trace import TracerProvider\n\nprovider = TracerProvider()\n"
    write(tmp_path, {"shop.py": text})

    async def work(editor: Editor) -> None:
        editor.open("shop.py")
        found = await editor.told("shop.py")
        (action,) = await editor.actions("shop.py", found[:1])
        assert action.edit is None
        assert action.disabled is not None
        assert "tracing_facade.configure" in action.disabled.reason
        assert await editor.actions("shop.py", [], "source.fixAll") == []

    document = types.TextDocumentClientCapabilities(
        code_action=types.CodeActionClientCapabilities(disabled_support=True)
    )
    edit(tmp_path, work, text_document=document)


def test_a_whole_file_is_migrated_on_saving(tmp_path: Path) -> None:
    """Editors ask for ``source.fixAll`` then; the edit names the version of the text that it is for."""
    write(tmp_path, {"shop.py": SHOP})

    async def work(editor: Editor) -> None:
        editor.open("shop.py")
        await editor.told("shop.py")
        (fix,) = await editor.actions("shop.py", [], "source.fixAll")
        assert fix.kind == "source.fixAll.tracing-facade"
        editor.apply("shop.py", fix)
        assert await editor.told("shop.py") == []
        assert await editor.actions("shop.py", [], "refactor") == []

    changes = types.WorkspaceEditClientCapabilities(document_changes=True)
    edit(tmp_path, work, workspace=types.WorkspaceClientCapabilities(workspace_edit=changes))


def test_nothing_that_an_editor_sends_ends_the_server(tmp_path: Path) -> None:
    """Text that is no Python, places that are not there, unknown addresses and broken messages."""
    write(tmp_path, {"shop.py": "def f(:\n  import opentelemetry\n\0"})

    async def work(editor: Editor) -> None:
        editor.open("shop.py")
        assert (2, "TRF101") in _codes(await editor.told("shop.py"))
        strange = ("\0" * 10, "(" * 5_000, "if 1:\n" * 300, "# coding: nonsense\n\u00e4", "\ufeffimport os")
        for text in strange:
            editor.type("shop.py", text)
            await editor.told("shop.py")
        writer = editor._server.stdin if editor._server is not None else None
        assert writer is not None
        for body in BROKEN:
            writer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        far = types.HoverParams(types.TextDocumentIdentifier(editor.uri("shop.py")), types.Position(10_000, 10_000))
        assert await editor.text_document_hover_async(far) is None
        item = types.TextDocumentItem("untitled:Untitled-1", "python", 1, "import opentelemetry\n")
        editor.text_document_did_open(types.DidOpenTextDocumentParams(item))
        editor.type("shop.py", "import opentelemetry\n")
        found = await editor.told("shop.py")
        assert _codes(found) == [(1, "TRF101")]
        editor.text_document_did_close(
            types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(editor.uri("shop.py")))
        )
        await editor.until(lambda: not editor.published[editor.uri("shop.py")].diagnostics)

    edit(tmp_path, work)


def test_code_of_the_folder_is_never_run(tmp_path: Path) -> None:
    """Modules in it that are named like those that the server, or the process that fixes, import."""
    trap = "open('trapped', 'w').close()\nraise SystemExit('trapped')\n"
    names = ("libcst.py", "difflib.py", "tomllib.py", "tracing_facade.py", "lint_plugin/__init__.py")
    write(tmp_path, {"shop.py": SHOP, **dict.fromkeys(names, trap)})

    async def work(editor: Editor) -> None:
        editor.open("shop.py")
        found = await editor.told("shop.py")
        (fix,) = await editor.actions("shop.py", found)
        editor.apply("shop.py", fix)
        assert await editor.told("shop.py") == []

    edit(tmp_path, work)
    assert not (tmp_path / "trapped").exists()


def test_strict_mode_is_an_option(tmp_path: Path) -> None:
    """As for the command."""
    write(tmp_path, {"shop.py": "import importlib\nimportlib.import_module(input())\n"})

    async def work(editor: Editor) -> None:
        editor.open("shop.py")
        assert _codes(await editor.told("shop.py")) == [(2, "TRF151")]

    edit(tmp_path, work, "--strict")


def test_a_server_whose_editor_is_gone_ends(tmp_path: Path) -> None:
    """When its standard input ends, without having been told to."""
    command = [sys.executable, "-m", "lint_plugin.command", "lsp"]
    done = subprocess.run(command, input=b"", capture_output=True, timeout=60, check=False, cwd=tmp_path)
    assert done.returncode == 0


def test_a_missing_extra_is_named(tmp_path: Path) -> None:
    """With what to install, and no traceback."""
    program = "import sys; sys.modules['pygls'] = None; from lint_plugin.command import main; sys.exit(main(['lsp']))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("tracing-lint: the language server needs pygls")
    assert "tracing-facade[lsp]" in done.stderr
