"""The program around a file, read once for each set of settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from lint_plugin.project import Project
from lint_plugin.settings import Settings, is_first_party

if TYPE_CHECKING:
    from lint_plugin.dataflow.values import Value


_projects: dict[Settings, Project] = {}


def project_for(settings: Settings) -> Project:
    """Return the project of these settings, searched once for modules that pass sealed names on."""
    project = _projects.get(settings)
    if project is None:
        leaks: Mapping[str, Mapping[str, str]] = {}
        if is_searched(settings):
            from lint_plugin.leaks import leaks_below

            leaks = leaks_below(settings)
        project = _projects[settings] = with_leaks(settings, leaks)
    return project


def is_searched(settings: Settings) -> bool:
    """Tell whether these settings take a look at all files of the program."""
    return bool(settings.root) and bool(settings.allow or settings.strict)


def remember(settings: Settings, leaks: Mapping[str, Mapping[str, str]]) -> None:
    """Let it be known what the modules of a program pass on, so that it is not searched."""
    _projects[settings] = with_leaks(settings, leaks)


def known_project(settings: Settings) -> Project | None:
    """Return the project of these settings when it is known already."""
    return _projects.get(settings)


def forget_project(settings: Settings) -> None:
    """Forget one project, because a file of it has changed."""
    _projects.pop(settings, None)


def forget() -> None:
    """Forget all projects, because files have changed."""
    _projects.clear()
    is_first_party.cache_clear()


def with_leaks(settings: Settings, leaks: Mapping[str, Mapping[str, str]]) -> Project:
    """Return a project of which is known what its modules pass on."""

    def read(file: str) -> Mapping[str, Value]:
        from lint_plugin.first_party import constants_in

        return constants_in(file, settings, project)

    project = Project(settings, leaks, read)
    return project
