"""Quick fixes: the codemod in a process of its own, so that the editor never waits for it and libcst stays out."""

from __future__ import annotations

import asyncio
import difflib
import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from lint_plugin import unsaved
from lint_plugin.editor.ranges import lines_of
from lint_plugin.finding import Finding

_PATIENCE_SECONDS = 60.0
# Comparing more lines than this line by line takes longer than a person likes to wait.
_MOST_COMPARED = 3_000

# The folder of the files that are checked must not be one from which the worker imports.
_PROGRAM = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[1]); "
    "from lint_plugin.editor.migrating import main; sys.exit(main())"
)


class Fix(NamedTuple):
    """What the codemod makes of a text.

    Args:
        text: the new text; the old one when nothing can be migrated.
        uses: how many uses of OpenTelemetry are migrated.
        left: line, from 1, and reason of what is left to a person.
        problem: why the codemod could not look at it; empty when it could.
    """

    text: str
    uses: int = 0
    left: tuple[tuple[int, str], ...] = ()
    problem: str = ""

    def reason(self, line: int) -> str:
        """Return why nothing is migrated in a line, counted from 1."""
        return self.problem or next((reason for at, reason in self.left if at == line), "")


class Change(NamedTuple):
    """Lines of a text and what stands in their place.

    Args:
        start: the first line, from 0.
        end: the line after the last one.
        text: what is put there, with line ends.
    """

    start: int
    end: int
    text: str


async def fix_for(path: str, text: str, config: str) -> Fix:
    """Return what the codemod makes of a text; a cancelled call ends its process.

    Args:
        path: of the file.
        text: what the editor shows of it.
        config: the file of settings to use instead of the nearest ones, or an empty string.
    """
    texts = {file: data.decode("utf-8", "replace") for file, data in unsaved.texts.items()}
    question = json.dumps({"path": path, "config": config, "texts": {**texts, path: text}})
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _PROGRAM, json.dumps(_import_path()),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        answer, problem = await asyncio.wait_for(process.communicate(question.encode()), _PATIENCE_SECONDS)
    except asyncio.TimeoutError:
        return Fix(text, problem=f"the codemod took longer than {_PATIENCE_SECONDS:.0f} seconds")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return _read(answer, problem, text)


def _import_path() -> list[str]:
    here = os.getcwd()
    return [entry for number, entry in enumerate(sys.path) if entry and (number or entry != here)]


def _read(answer: bytes, problem: bytes, text: str) -> Fix:
    try:
        told: dict[str, Any] = json.loads(answer)
    except ValueError:
        lines = problem.decode("utf-8", "replace").strip().splitlines() or ["it ended without a word"]
        return Fix(text, problem=f"the codemod failed: {lines[-1]}")
    left = tuple((int(line), str(reason)) for line, reason in told["left"])
    return Fix(told["text"], told["uses"], left, told["problem"])


def resolved(before: Iterable[Finding], after: Iterable[Finding]) -> set[Finding]:
    """Return the findings in a text that its migration does away with; lines may have moved."""
    left = Counter((one.code, one.message) for one in after)
    gone: set[Finding] = set()
    # What is left is most likely what stands last: migrated code moves down, and imports go first.
    for finding in sorted(before, reverse=True):
        key = finding.code, finding.message
        if left[key]:
            left[key] -= 1
        else:
            gone.add(finding)
    return gone


def changes(before: str, after: str) -> list[Change]:
    """Return how one text becomes the other, so that what stays the same keeps its marks and folds."""
    old, new = lines_of(before), lines_of(after)
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    old_part, new_part = old[start : len(old) - end], new[start : len(new) - end]
    return [one._replace(start=one.start + start, end=one.end + start) for one in _between(old_part, new_part)]


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    return next(
        (place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]),
        min(len(one), len(other)),
    )


def _between(old: list[str], new: list[str]) -> Iterator[Change]:
    if max(len(old), len(new)) > _MOST_COMPARED:
        yield Change(0, len(old), "".join(new))
        return
    for tag, start, end, new_start, new_end in difflib.SequenceMatcher(None, old, new, False).get_opcodes():
        if tag != "equal":
            yield Change(start, end, "".join(new[new_start:new_end]))
