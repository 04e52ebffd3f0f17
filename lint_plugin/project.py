"""What the files of a program pass on to each other, as far as the checking of one file needs to know it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeAlias

from lint_plugin.settings import Settings

if TYPE_CHECKING:
    from lint_plugin.dataflow.values import Value

ReadConstants: TypeAlias = "Callable[[str], Mapping[str, Value]]"

ANY = "*"
"""Beside the names of a module that leaks: what all names stand for that it does not bind itself."""
EXPORTED = "__all__"
"""Beside them: the names that a star import brings, separated by spaces."""

_FROM_PACKAGE = rb"\bfrom[\s\\]*\.[\s\\.]*import\b"
"""An import from a package around the file, whose name is not written."""

# Folders from which imports start without being packages.
_SOURCE_FOLDERS = ("src", "lib", "python")


class Project:
    """The first-party modules below one folder that pass sealed names on.

    Args:
        settings: what holds for the folder.
        leaks: for each module, relative to the root and with a dot in front, its names and what they stand for.
        read: returns the constants and functions in a file, by name.
    """

    def __init__(
        self, settings: Settings, leaks: Mapping[str, Mapping[str, str]], read: ReadConstants | None = None
    ) -> None:
        self._settings = settings
        self._read = read
        self._modules: dict[str, Mapping[str, Value]] = {}
        self.leaks = leaks
        last = {module.rpartition(".")[2] or module for module in leaks}
        # A file may be called what no module can be.
        self._module_words = tuple(sorted(name.encode() for name in last if name.isidentifier()))
        packages = [
            names for module, names in leaks.items() if (self.file_of(module, []) or "").endswith("__init__.py")
        ]
        named = {name.encode() for names in packages for name in names if name.isidentifier()}
        # A package that passes on whatever it is asked for has names that nobody knows.
        self._package_words = tuple(sorted(named | ({b"import"} if any(ANY in names for names in packages) else set())))
        self.words = (*self._module_words, *self._package_words)
        """What a file must hold to use a name that another one passes on."""

    def concerns(self, data: bytes) -> bool:
        """Tell whether a file may use a name that another one passes on."""
        if any(word in data for word in self._module_words):
            return True
        named = any(word in data for word in self._package_words)
        return named and re.search(_FROM_PACKAGE, data) is not None

    def _is_package(self, module: str) -> bool:
        return (self.file_of(module, []) or "").endswith("__init__.py")

    def leak(self, module: str, name: str, folders: list[str]) -> str:
        """Return the sealed name for which ``name`` of a first-party module stands, or an empty string.

        Args:
            module: a dotted name, with a dot in front when it is relative to the root.
            name: a name in it.
            folders: the folders between the root and the file that asks.
        """
        for names in self._named(module, folders) if not name.startswith("__") else ():
            if name in names:
                return names[name]
            if ANY in names and self.file_of(f"{module}.{name}", folders) is None:
                return names[ANY]
        return ""

    def names_of(self, module: str, folders: list[str]) -> list[str]:
        """Return the public names that a first-party module passes on."""
        return [name for names in self._named(module, folders) for name in _public(names)]

    def _named(self, module: str, folders: list[str]) -> Iterator[Mapping[str, str]]:
        if self.leaks:
            found = (self.leaks.get(candidate) for candidate in candidates(module, folders))
            yield from (names for names in found if names is not None)

    def constant(self, module: str, name: str, folders: list[str]) -> Value | None:
        """Return what a name of another first-party module stands for, when that is a constant or a function."""
        for candidate in candidates(module, folders):
            names = self._modules.get(candidate)
            if names is None:
                names = self._names_in(candidate)
            if name in names:
                return names[name]
        return None

    def _names_in(self, module: str) -> Mapping[str, Value]:
        # Files that import each other in a circle end here.
        self._modules[module] = {}
        file = self.file_of(module, [])
        if file is not None and self._read is not None:
            self._modules[module] = self._read(file)
        return self._modules[module]

    def file_of(self, module: str, folders: list[str]) -> str | None:
        """Return the file of a first-party module, if there is one."""
        for candidate in candidates(module, folders):
            base = os.path.join(self._settings.root or os.getcwd(), *candidate[1:].split("."))
            for file in (f"{base}.py", os.path.join(base, "__init__.py")):
                if os.path.isfile(file):
                    return file
        return None


def _public(names: Mapping[str, str]) -> list[str]:
    leaking = [name for name, origin in names.items() if origin and name not in (ANY, EXPORTED)]
    if EXPORTED in names:
        exported = names[EXPORTED].split()
        return [name for name in leaking if name in exported]
    return [name for name in leaking if not name.startswith("_")]


def candidates(module: str, folders: list[str]) -> Iterator[str]:
    """Yield the names relative to the root for which a dotted name may stand in a file below these folders."""
    if module.startswith("."):
        yield module
        return
    yield f".{module}"
    for depth in range(len(folders)):
        yield "." + ".".join([*folders[: depth + 1], module])
    yield from (f".{folder}.{module}" for folder in _SOURCE_FOLDERS)
