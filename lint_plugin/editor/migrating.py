"""The process that runs the codemod for an editor: a question on standard input, an answer on standard output."""

from __future__ import annotations

import json
import sys
from typing import Any


def main() -> int:
    """Read which text to migrate, and print what becomes of it."""
    question: dict[str, Any] = json.load(sys.stdin)
    answer = json.dumps(migrated(question["path"], question["config"], question["texts"]))
    sys.stdout.write(answer)
    return 0


def migrated(path: str, config: str, texts: dict[str, str]) -> dict[str, Any]:
    """Return the new text, how many uses are migrated, what is left, and why it could not be looked at.

    Args:
        path: of the file to migrate.
        config: the file of settings to use instead of the nearest ones, or an empty string.
        texts: what the editor shows of this file and others.
    """
    from lint_plugin import unsaved
    from lint_plugin.settings import SettingsError, load_settings

    text = texts[path]
    try:
        from lint_plugin.codemod.runner import outcomes_below
    except ModuleNotFoundError as error:
        problem = f"{error.name} is not installed; fixes need the extra: pip install 'tracing-facade[lsp]'"
        return _answer(text, problem=problem)
    unsaved.texts.update({file: one.encode("utf-8", "replace") for file, one in texts.items()})
    try:
        outcomes = outcomes_below([path], load_settings(config) if config else None, 1, _tell_nobody)
    except SettingsError as error:
        return _answer(text, problem=str(error))
    for outcome in outcomes:
        if outcome.path == path:
            left = [(one.line, one.reason) for one in outcome.migration.left]
            after = outcome.after.decode("utf-8") if outcome.changed else text
            return _answer(after, len(outcome.migration.fixed), left, outcome.problem)
    return _answer(text)


def _answer(text: str, uses: int = 0, left: list[tuple[int, str]] | None = None, problem: str = "") -> dict[str, Any]:
    return {"text": text, "uses": uses, "left": left or [], "problem": problem}


def _tell_nobody(done: int, total: int) -> None:
    pass
