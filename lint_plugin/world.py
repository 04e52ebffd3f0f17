"""Answers the interpreter's questions about everything outside of one file: settings, facade, other files."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Protocol

from lint_plugin.dataflow.values import Value
from lint_plugin.settings import Settings

_GIVE_SPANS = ("start_span", "current_span")
# Names with an underscore that Python itself documents, of named tuples, enumerations and protocols.
_PUBLIC = frozenset({
    "_asdict", "_field_defaults", "_fields", "_generate_next_value_", "_ignore_", "_is_protocol", "_make", "_missing_",
    "_name_", "_order_", "_replace", "_value_",
})  # fmt: skip


class OtherFiles(Protocol):
    """What is known of the other files of the program; modules relative to the root begin with a dot."""

    def leak(self, module: str, name: str, folders: list[str]) -> str:
        """Return the sealed name for which a name of a module stands, or an empty string."""

    def names_of(self, module: str, folders: list[str]) -> list[str]:
        """Return the public names that a module passes on."""

    def constant(self, module: str, name: str, folders: list[str]) -> Value | None:
        """Return what a name of a module stands for, when that is a constant or a function."""


class FileWorld:
    """What one file can see of the rest of the program.

    Args:
        path: the file, as it was named.
        settings: what holds for it.
        project: what the other files of the program pass on.
    """

    def __init__(self, path: str, settings: Settings, project: OtherFiles | None = None) -> None:
        self._settings = settings
        self._project = project
        self._folders = _folders(path, settings.root)
        self._in_facade = settings.facade in self._folders
        self._sealed: dict[str, bool] = {}

    def seals(self, path: str) -> bool:
        """Tell whether a dotted name is sealed."""
        sealed = self._sealed.get(path)
        if sealed is None:
            sealed = self._sealed[path] = self._settings.seals(path)
        return sealed

    def private(self, path: str) -> bool:
        """Tell whether a dotted name is private to the facade, and this file is not a part of the facade."""
        facade = self._settings.facade
        if self._in_facade or not path.startswith(facade + "."):
            return False
        function, _, members = path[len(facade) + 1 :].partition("()")
        # What a function of the facade returns need not be an object of the facade's own, but spans are.
        names = f"{function}{members}".split(".") if function in _GIVE_SPANS else function.split(".")
        return any(name.startswith("_") and not name.startswith("__") and name not in _PUBLIC for name in names)

    def watches(self, path: str) -> bool:
        """Tell whether the rules want to know of calls to this dotted name."""
        return self.seals(path) or path.startswith(self._settings.facade + ".")

    def absolute(self, module: str, level: int) -> str:
        """Return the name of what ``from ..module import`` means in this file, with a dot in front for first-party."""
        kept = self._folders[: len(self._folders) - level + 1]
        return "." + ".".join([*kept, module]).strip(".")

    def leak(self, path: str) -> str:
        """Return the sealed name that a name of a first-party module passes on, or an empty string."""
        module, _, name = path.rpartition(".")
        if self._project is None or not module or "(" in module:
            return ""
        return self._project.leak(module, name, self._folders)

    def names_of(self, module: str) -> Iterable[str]:
        """Return the public names that a first-party module is known to pass on."""
        return self._project.names_of(module, self._folders) if self._project is not None else ()

    def constant(self, path: str) -> Value | None:
        """Return the value of a constant of another first-party module; followed in strict mode only."""
        module, _, name = path.rpartition(".")
        if self._project is None or not self._settings.strict or not module or "(" in module:
            return None
        return self._project.constant(module, name, self._folders)


def _folders(path: str, root: str) -> list[str]:
    relative = os.path.relpath(os.path.abspath(path), root or os.getcwd())
    return relative.replace(os.sep, "/").split("/")[:-1]
