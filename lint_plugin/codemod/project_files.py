"""Which files a call is about, and which others belong to the same project."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence

from lint_plugin import unsaved
from lint_plugin.discovery import python_files
from lint_plugin.settings import Settings, settings_for

_LANDMARKS = (".git", "pyproject.toml", "setup.py", "setup.cfg")


def files_to_migrate(paths: Sequence[str], common: Settings | None) -> Iterator[tuple[str, Settings]]:
    """Yield every file below the paths that may not use OpenTelemetry, with the settings that hold for it.

    Args:
        paths: files and folders.
        common: settings to use instead of the nearest ones of each file.

    Raises:
        SettingsError: a settings file is wrong.
    """
    seen: set[str] = set()
    for path in paths:
        for file in python_files(path):
            settings = common or settings_for(file)
            if file not in seen and not settings.allows(file) and not (settings.excludes(file) and file != path):
                seen.add(file)
                yield file, settings


def files_of_projects(files: Iterable[str], settings: Mapping[str, Settings]) -> Iterator[str]:
    """Yield every file of the projects to which some files belong.

    Args:
        files: the files.
        settings: of every file that the call is about; those are yielded by the names that they have here.
    """
    known = {os.path.abspath(file): file for file in settings}
    seen: set[str] = set()
    for root in sorted({_root_of(file, settings[file]) for file in files}):
        for found in python_files(root):
            absolute = os.path.abspath(found)
            if absolute not in seen:
                seen.add(absolute)
                yield known.get(absolute, os.path.relpath(found))


def _root_of(file: str, settings: Settings) -> str:
    """Return the folder of the project to which a file belongs."""
    if settings.root:
        return settings.root
    folder = os.path.dirname(os.path.abspath(file))
    above = folder
    while os.path.dirname(above) != above:
        if any(os.path.exists(os.path.join(above, name)) for name in _LANDMARKS):
            return above
        above = os.path.dirname(above)
    return folder


def content_of(path: str) -> bytes:
    """Return the bytes of a file.

    Raises:
        OSError: it cannot be read.
    """
    return unsaved.content_of(path)
