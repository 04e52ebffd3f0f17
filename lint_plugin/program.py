"""The program around a file, read once for each set of settings."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from lint_plugin.project import Project
from lint_plugin.settings import Settings

if TYPE_CHECKING:
    from lint_plugin.dataflow.values import Value


@lru_cache(maxsize=64)
def project_for(settings: Settings) -> Project:
    """Return the project of these settings, searched once for modules that pass sealed names on."""
    if not settings.root or not (settings.allow or settings.strict):
        return Project(settings, {})
    from lint_plugin.leaks import leaks_below

    return with_leaks(settings, leaks_below(settings))


def with_leaks(settings: Settings, leaks: Mapping[str, Mapping[str, str]]) -> Project:
    """Return a project of which is known what its modules pass on."""

    def read(file: str) -> Mapping[str, Value]:
        from lint_plugin.first_party import constants_in

        return constants_in(file, settings, project)

    project = Project(settings, leaks, read)
    return project
