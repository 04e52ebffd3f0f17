"""Checks many files: with the settings of each, from memory where nothing has changed, in several processes."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from lint_plugin.discovery import File, folders_below, walk
from lint_plugin.finding import Finding
from lint_plugin.parallel import Errand, can_fork, has_threads, is_spread, spread
from lint_plugin.program import is_searched, project_for, remember
from lint_plugin.settings import Settings, settings_for

if TYPE_CHECKING:
    from lint_plugin.cache import Cache
    from lint_plugin.listings import Listings

_FEW_COLLECTIONS = 100_000


class Plan(NamedTuple):
    """How files are checked.

    Args:
        settings: to use instead of the nearest of each file.
        strict: whether strict mode is on, whatever the settings say.
        jobs: how many processes at most.
        cache: whether findings are remembered.
    """

    settings: Settings | None = None
    strict: bool = False
    jobs: int = 1
    cache: bool = False


class Task(NamedTuple):
    """A file to check, with the settings that hold for it."""

    file: File
    settings: Settings


def tasks_for(paths: Iterable[str], plan: Plan) -> list[Task]:
    """Return the files below paths with their settings, each once.

    Raises:
        SettingsError: a settings file is wrong.
    """
    # What is found lives to the end, and syntax trees are many small objects that live as long as their file: looking
    # through them for circles again and again takes longer than making them.
    gc.set_threshold(_FEW_COLLECTIONS, 50, 100)
    named = list(paths)
    if can_fork(plan.jobs) and not has_threads() and any(_is_new(path, plan) for path in named):
        found = _found_aside(named, plan)
        if found is not None:
            return found
    return _found(named, plan)


def _is_new(path: str, plan: Plan) -> bool:
    """Tell whether this is a folder of which nothing is remembered."""
    if not os.path.isdir(path):
        return False
    from lint_plugin.cache_file import FOLDER

    return not (plan.cache and os.path.isdir(os.path.join(settings_in(path, plan).root, FOLDER)))


def _found_aside(paths: Sequence[str], plan: Plan) -> list[Task] | None:
    """Return the tasks, found by another process while this one loads what their checking needs; `None` if it fails."""
    from lint_plugin import preparation

    errand = Errand(lambda: _told(_found(paths, plan)))
    # Where there are few files it is done so early that not much has been loaded in vain.
    preparation.load(errand.is_over)
    answer = errand.answer()
    if answer is None:
        return None
    settings = [Settings(*one) for one in answer[0]]
    return [Task(File(*file), settings[place]) for file, place in answer[1]]


def _told(tasks: Sequence[Task]) -> tuple[list[tuple[Any, ...]], list[tuple[tuple[Any, ...], int]]]:
    places: dict[int, int] = {}
    different: list[tuple[Any, ...]] = []
    files = []
    for file, settings in tasks:
        place = places.setdefault(id(settings), len(different))
        if place == len(different):
            different.append(tuple(settings))
        files.append((tuple(file), place))
    return different, files


def _found(paths: Iterable[str], plan: Plan) -> list[Task]:
    found: dict[str, Task] = {}
    folders = _Folders(plan)
    for path in paths:
        gitignore = (plan.settings or settings_for(path)).gitignore
        listings = _listings(path, plan) if plan.cache else None
        for files in folders_below(path, gitignore, plan.cache, folders.plain, listings):
            settings = folders.settings(_folder_of(files[0].path))
            for file in files:
                if _concerns(file.path, path, settings) and not (settings.exclude and settings.excludes(file.path)):
                    found.setdefault(file.path, Task(file, settings))
    return list(found.values())


def _listings(path: str, plan: Plan) -> Listings | None:
    if not os.path.isdir(path):
        return None
    from lint_plugin.cache_file import FOLDER
    from lint_plugin.listings import Listings
    from lint_plugin.version import own_fingerprint

    return Listings(os.path.join(settings_in(path, plan).root, FOLDER), own_fingerprint())


def _folder_of(path: str) -> str:
    # As os.path.dirname for the plain paths of a walk, in a third of the time.
    return path[: max(path.rfind(os.sep), path.startswith(os.sep))]


class _Folders:
    """The settings of folders, most of which have those of the folder around them.

    Args:
        plan: how files are checked.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._known: dict[str, Settings] = {}
        # Equal settings are one object: comparing and hashing them again and again takes time.
        self._equal: dict[Settings, Settings] = {}
        self.plain: set[str] = set()
        """Those that are known to have no settings of their own."""

    def settings(self, folder: str) -> Settings:
        known = self._known.get(folder)
        if known is None:
            if folder in self.plain:
                known = self.settings(_folder_of(folder))
            else:
                found = settings_in(folder or ".", self._plan)
                known = self._equal.setdefault(found, found)
            self._known[folder] = known
        return known


def settings_in(folder: str, plan: Plan) -> Settings:
    """Return the settings of the files in a folder.

    Raises:
        SettingsError: a settings file is wrong.
    """
    settings = plan.settings or settings_for(folder)
    if plan.strict and not settings.strict:
        settings = settings._replace(strict=True)
    return settings if settings.root else settings._replace(root=os.getcwd())


def _concerns(path: str, named: str, settings: Settings) -> bool:
    return settings.notebooks or path == named or not path.endswith(".ipynb")


def check(tasks: Sequence[Task], plan: Plan) -> list[Finding]:
    """Return what is wrong with files, in their order."""
    caches: dict[Settings, Cache] = {}
    results: list[list[Finding] | None] = [None] * len(tasks)
    if plan.cache:
        cache, settings = None, None
        for place, task in enumerate(tasks):
            if cache is None or task.settings is not settings:
                settings = task.settings
                cache = caches.get(settings)
                if cache is None:
                    cache = caches[settings] = _cache(settings)
            results[place] = cache.findings(task.file)
    waiting = [place for place, result in enumerate(results) if result is None]
    for place, found in zip(waiting, _fresh([tasks[place] for place in waiting], plan.jobs), strict=True):
        results[place] = found
        if plan.cache:
            caches[tasks[place].settings].keep(tasks[place].file, found)
    for cache in caches.values():
        cache.close()
    return [finding for result in results for finding in result or ()]


def _cache(settings: Settings) -> Cache:
    from lint_plugin.cache import Cache
    from lint_plugin.version import fingerprint

    cache = Cache(settings, fingerprint(settings))
    if is_searched(settings):
        signature = _signature(settings)
        known = cache.leaks(signature)
        if known is not None:
            remember(settings, known)
        else:
            cache.keep_leaks(signature, project_for(settings).leaks)
    return cache


def _signature(settings: Settings) -> int:
    """Return a number that changes with every change of a file of the program."""
    import zlib

    files = walk(settings.root, settings.gitignore)
    return zlib.crc32(repr([tuple(file) for file in files if file.path.endswith(".py")]).encode("utf-8", "replace"))


def _fresh(tasks: Sequence[Task], jobs: int) -> Iterator[list[Finding]]:
    if not tasks:
        # What checks files need not be loaded.
        return
    # Before any process is forked, so that it is done once.
    for settings in {id(task.settings): task.settings for task in tasks}.values():
        project_for(settings)
    if is_spread(tasks, jobs):
        from lint_plugin import preparation

        preparation.load()
    for found in spread(tasks, jobs, _check_each):
        yield [Finding(*one) for one in found]


def _check_each(tasks: Sequence[Task]) -> list[Any]:
    from lint_plugin.file_check import check_file

    return [[tuple(finding) for finding in check_file(task.file.path, task.settings)] for task in tasks]


def check_paths(paths: Iterable[str], plan: Plan | None = None) -> list[Finding]:
    """Return what is wrong below paths, apart from the baseline.

    Raises:
        SettingsError: a settings file is wrong.
    """
    plan = plan or Plan()
    return check(tasks_for(paths, plan), plan)
