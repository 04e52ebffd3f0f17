"""Migrates many files: each alone first, then again with what the files of the project do with each other's names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

import libcst as cst

from lint_plugin.codemod.depth import with_deep_stack
from lint_plugin.codemod.editing import LostEditError
from lint_plugin.codemod.migration import migrate
from lint_plugin.codemod.names import NOBODY, Others
from lint_plugin.codemod.opentelemetry_api import SEALED
from lint_plugin.codemod.outcome import Migration
from lint_plugin.codemod.plan import MisplacedNodeError
from lint_plugin.codemod.project_files import content_of, files_of_projects, files_to_migrate
from lint_plugin.codemod.readers import Readers
from lint_plugin.codemod.source_text import NotUtf8Error, decoded
from lint_plugin.settings import Settings

_WORTH_PROCESSES = 8
# A tracer that one file hands to the next is followed so far; in practice it is one step or two.
_MOST_ROUNDS = 6

Tell = Callable[[int, int], object]


class Outcome(NamedTuple):
    """What became of one file.

    Args:
        path: the file.
        before: its content.
        after: its new content; the old one when nothing was changed.
        migration: what was fixed and left.
        problem: why it could not be looked at; empty when it could.
    """

    path: str
    before: bytes
    after: bytes
    migration: Migration
    problem: str = ""

    @property
    def changed(self) -> bool:
        """Whether the file has new content."""
        return self.after != self.before


class Task(NamedTuple):
    """One file to migrate."""

    path: str
    data: bytes
    settings: Settings
    others: Others = NOBODY


def outcomes_below(paths: Sequence[str], common: Settings | None, jobs: int, tell: Tell) -> list[Outcome]:
    """Return what becomes of every file that uses OpenTelemetry and has no permission to; nothing is written.

    Args:
        paths: files and folders.
        common: settings to use instead of the nearest ones of each file.
        jobs: processes to use for many files.
        tell: is told how many files are done, and of how many.

    Raises:
        SettingsError: a settings file is wrong.
    """
    settings = dict(files_to_migrate(paths, common))
    outcomes: dict[str, Outcome] = {}
    tasks: list[Task] = []
    for path in settings:
        try:
            data = content_of(path)
        except OSError as error:
            problem = f"cannot be read: {error.strerror}; check its permissions"
            outcomes[path] = Outcome(path, b"", b"", Migration(""), problem)
            continue
        if SEALED.encode() in data:
            tasks.append(Task(path, data, settings[path]))
    known: dict[str, Others] = {}
    for _ in range(_MOST_ROUNDS):
        outcomes.update((outcome.path, outcome) for outcome in _migrated(tasks, jobs, tell))
        others = _what_others_do(outcomes, settings)
        again = [path for path in settings if others.get(path, NOBODY) != known.get(path, NOBODY)]
        if not again:
            break
        known = others
        tasks = [
            Task(path, outcomes[path].before if path in outcomes else content_of(path), settings[path],
                 others.get(path, NOBODY))
            for path in again
        ]  # fmt: skip
    return [outcomes[path] for path in sorted(outcomes)]


def _migrated(tasks: Sequence[Task], jobs: int, tell: Tell) -> Iterator[Outcome]:
    if jobs == 1 or len(tasks) < _WORTH_PROCESSES:
        yield from _told(map(outcome_of, tasks), len(tasks), tell)
        return
    with ProcessPoolExecutor(min(jobs, len(tasks))) as pool:
        yield from _told(pool.map(outcome_of, tasks), len(tasks), tell)


def _told(outcomes: Iterable[Outcome], total: int, tell: Tell) -> Iterator[Outcome]:
    for number, outcome in enumerate(outcomes, 1):
        tell(number, total)
        yield outcome


def outcome_of(task: Task) -> Outcome:
    """Return what becomes of one file; never raises."""
    path, data = task.path, task.data
    try:
        file = decoded(data)
        migration = with_deep_stack(lambda: migrate(file.text, task.settings, task.others))
        return Outcome(path, data, file.encoded(migration.text) if migration.fixed else data, migration)
    except NotUtf8Error as error:
        problem = f"cannot be migrated: it {error}"
    except SyntaxError as error:
        problem = f"cannot be parsed: line {error.lineno or 1}: {error.msg}"
    except (RecursionError, MemoryError):
        problem = "cannot be migrated: it is nested too deep"
    except (ValueError, cst.ParserSyntaxError) as error:
        problem = f"cannot be parsed: {error}"
    except MisplacedNodeError as error:
        problem = f"cannot be migrated with this version of Python: {error}; use Python 3.12 or newer"
    except LostEditError as error:
        problem = f"cannot be migrated, which is a fault of this tool: {error}"
    except Exception as error:  # a fault of ours in one file must not stop the others
        problem = f"cannot be migrated, which is a fault of this tool: {error!r}"
    return Outcome(path, data, data, Migration(""), problem)


def _what_others_do(outcomes: Mapping[str, Outcome], settings: Mapping[str, Settings]) -> dict[str, Others]:
    """Return what the files of the project do with the names that are touched, and with tracers."""
    touched = {path: found.migration.names for path, found in outcomes.items() if found.migration.names}
    tracers = {path: found.migration.tracers for path, found in outcomes.items() if found.migration.tracers}
    if not touched and not tracers:
        return {}
    readers = Readers(touched, tracers)
    for path in files_of_projects({*touched, *tracers}, settings):
        outcome = outcomes.get(path)
        try:
            if outcome is None:
                readers.look_into(path, content_of(path))
            else:
                readers.look_into(path, outcome.before, outcome.after if outcome.changed else None)
        except OSError:
            continue
    return readers.found()
