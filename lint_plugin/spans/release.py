"""Which release is being made: the one that is named, or the version of the project."""

from __future__ import annotations

import os
import sys

from tracing_facade.stability import Release, parse_release

_PROJECT = "pyproject.toml"


class ReleaseError(Exception):
    """A release that was named and is none; the message says what would be."""


def release_of(path: str, named: str | None = None) -> Release | None:
    """Return the release in which a file will appear; None when nothing says it.

    Args:
        path: of the file; the version in the nearest ``pyproject.toml`` above it counts.
        named: the release that somebody named instead.

    Raises:
        ReleaseError: what was named is no release.
    """
    try:
        return parse_release(_version_above(path) if named is None else named)
    except ValueError as error:
        if named is None:
            return None
        raise ReleaseError(f"--release: {error}") from error


def _version_above(path: str) -> str:
    folder = os.path.dirname(os.path.abspath(path))
    while not os.path.isfile(os.path.join(folder, _PROJECT)):
        if folder == os.path.dirname(folder):
            return ""
        folder = os.path.dirname(folder)
    return _version_in(os.path.join(folder, _PROJECT))


def _version_in(file: str) -> str:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        with open(file, "rb") as stream:
            project = tomllib.load(stream).get("project")
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return ""
    version = project.get("version") if isinstance(project, dict) else None
    return version if isinstance(version, str) else ""
