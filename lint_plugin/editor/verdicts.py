"""Checks what an editor shows as ``tracing-lint check`` would check it once it is saved."""

from __future__ import annotations

import io
import os
import threading
import tokenize
from concurrent.futures import ThreadPoolExecutor

from lint_plugin import baseline, declared_spans, program, settings
from lint_plugin.checker import check_bytes
from lint_plugin.checking import Plan, settings_in
from lint_plugin.discovery import concerns, leaves_out
from lint_plugin.finding import Finding
from lint_plugin.gate import may_matter
from lint_plugin.notebooks import check_cells
from lint_plugin.settings import Settings

_STACK_BYTES = 64 * 1024 * 1024


class Verdicts:
    """What holds for the files that an editor shows.

    Its methods are called from one thread at a time, since what is known of a program is kept for the whole process.

    Args:
        plan: the settings to use instead of the nearest ones, and whether strict mode is on.
        top: the folder that the editor shows, absolute.
    """

    def __init__(self, plan: Plan, top: str) -> None:
        self._plan = plan
        self._top = top
        self._before: dict[str, bytes] = {}

    def concerns(self, path: str) -> bool:
        """Tell whether ``tracing-lint check`` would come to a file.

        Raises:
            SettingsError: its settings cannot be used.
        """
        if not concerns(os.path.basename(path), os.path.dirname(path)):
            return False
        held = self.settings(path)
        if path.endswith(".ipynb") and not held.notebooks:
            return False
        inside = os.path.relpath(path, self._top).split(os.sep)[0] != os.pardir
        top = self._top if inside else held.root
        return not leaves_out(path, top, held.gitignore)

    def settings(self, path: str) -> Settings:
        """Return the settings of a file.

        Raises:
            SettingsError: they cannot be used.
        """
        return settings_in(os.path.dirname(path), self._plan)

    def find(self, path: str, data: bytes) -> list[Finding]:
        """Return what is wrong with a content of a file, apart from what the baseline knows.

        Raises:
            SettingsError: the settings or the baseline cannot be used.
        """
        held = self.settings(path)
        return baseline.without_known(check_bytes(path, data, held), path, held)

    def find_in_cells(self, path: str, cells: list[tuple[int, str]]) -> list[Finding]:
        """Return what is wrong with the code cells of a notebook, as ``find`` does; their numbers are part of the path.

        Raises:
            SettingsError: the settings or the baseline cannot be used.
        """
        held = self.settings(path)
        return baseline.without_known(check_cells(path, cells, held), path, held)

    def look_again(self, path: str, data: bytes) -> bool:
        """Take a new content of a file into account; tell whether that may change the verdict on others.

        Raises:
            SettingsError: the settings cannot be used.
        """
        before = self._before.get(path)
        self._before[path] = data
        held = self.settings(path)
        known = program.known_project(held)
        if known is None or before == data:
            return False
        if before is None and data == _on_disk(path):
            return False
        told = declared_spans.is_declaration_file(path, held)
        if told:
            declared_spans.forget()
        passes_on = any(may_matter(one, held) or known.concerns(one) for one in (before or b"", data))
        if not passes_on:
            # What other files have read of its constants is read again.
            program.remember(held, known.leaks)
            return told
        program.forget_project(held)
        return told or (program.is_searched(held) and program.project_for(held).leaks != known.leaks)

    def close(self, path: str) -> None:
        """Forget a file that is shown no more."""
        self._before.pop(path, None)

    def forget(self) -> None:
        """Forget everything that was read from disk, because it may have changed."""
        settings.forget()
        program.forget()
        declared_spans.forget()


def encoded(text: str) -> bytes:
    """Return a text as the bytes that it will be saved as: those of the encoding that it declares, if it can be."""
    data = text.encode("utf-8", "replace")
    if data.isascii():
        return data
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return text.encode(encoding)
    except (SyntaxError, LookupError, UnicodeError):
        return data


def checking_thread() -> ThreadPoolExecutor:
    """Return one thread, with room for deeply nested files."""
    size = threading.stack_size(_STACK_BYTES)
    try:
        executor = ThreadPoolExecutor(1, "checker")
        executor.submit(int).result()
        return executor
    finally:
        threading.stack_size(size)


def _on_disk(path: str) -> bytes:
    try:
        with open(path, "rb") as stream:
            return stream.read()
    except OSError:
        return b""
