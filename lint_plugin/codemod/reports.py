"""How the outcome of a migration is written: for people, as a diff, and for programs."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Sequence

from lint_plugin.codemod.outcome import Left
from lint_plugin.codemod.runner import Outcome
from lint_plugin.reports.text import printable

_RED, _GREEN, _CYAN, _BOLD, _PLAIN = "\x1b[31m", "\x1b[32m", "\x1b[36m", "\x1b[1m", "\x1b[0m"


def as_json(outcomes: Iterable[Outcome], written: bool) -> str:
    """Return a JSON array with an object for each file."""
    return json.dumps([_as_dict(outcome, written) for outcome in outcomes], indent=2)


def _as_dict(outcome: Outcome, written: bool) -> dict[str, object]:
    return {
        "path": outcome.path,
        "changed": outcome.changed,
        "problem": outcome.problem,
        "fixed": [fixed._asdict() for fixed in outcome.migration.fixed],
        "left": [left._asdict() for left in left_in(outcome, written)],
        "notes": [note._asdict() for note in notes_in(outcome, written)],
    }


def as_text(outcomes: Sequence[Outcome], written: bool, diff: bool, colour: bool) -> Iterator[str]:
    """Yield the lines for people: what was fixed, what is left and why, and the sum of it."""
    verb = "migrated" if written else "would migrate"
    for outcome in outcomes:
        place = printable(outcome.path)
        if outcome.problem:
            yield f"{_bold(place, colour)}: {printable(outcome.problem)}"
        if diff and outcome.changed:
            yield from _diff(outcome, colour)
        for fixed in () if diff else outcome.migration.fixed:
            yield f"{_bold(f'{place}:{fixed.line}:{fixed.column}', colour)}: {verb} {fixed.idiom}"
        for word, found in (("note on", notes_in(outcome, written)), ("left", left_in(outcome, written))):
            for left in found:
                code, reason = printable(left.code), printable(left.reason)
                yield f"{_bold(f'{place}:{left.line}:{left.column}', colour)}: {word} `{code}`: {reason}"
    fixes = sum(len(outcome.migration.fixed) for outcome in outcomes)
    lefts = sum(len(left_in(outcome, written)) for outcome in outcomes)
    changed = sum(outcome.changed for outcome in outcomes)
    yield f"{verb} {counted(fixes, 'use')} in {counted(changed, 'file')}; left {lefts} to a person"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def left_in(outcome: Outcome, written: bool) -> Sequence[Left]:
    """Return what is left, with its places in the new content when that was written."""
    return outcome.migration.remaining if written else outcome.migration.left


def notes_in(outcome: Outcome, written: bool) -> list[Left]:
    """Return the notes, with their places in the new content when that was written."""
    notes = outcome.migration.notes
    if not written or not notes:
        return list(notes)
    before, after = (data.decode("utf-8").splitlines() for data in (outcome.before, outcome.after))
    moved: dict[int, int] = {}
    for _, old, old_end, new, new_end in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        # In a block that has changed lines still stand in their order, as far as there are as many.
        moved.update({old + step + 1: new + step + 1 for step in range(min(old_end - old, new_end - new))})
    return [note._replace(line=moved.get(note.line, note.line)) for note in notes]


def _diff(outcome: Outcome, colour: bool) -> Iterator[str]:
    before, after = (data.decode("utf-8").splitlines() for data in (outcome.before, outcome.after))
    for line in difflib.unified_diff(before, after, outcome.path, outcome.path, lineterm=""):
        shown = printable(line)
        tone = {"+": _GREEN, "-": _RED, "@": _CYAN}.get(line[:1], "") if colour else ""
        yield f"{tone}{shown}{_PLAIN}" if tone else shown


def _bold(text: str, colour: bool) -> str:
    return f"{_BOLD}{text}{_PLAIN}" if colour else text
