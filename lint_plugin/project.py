"""Which first-party modules pass sealed names on, found without importing any of them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from functools import lru_cache

from lint_plugin import source
from lint_plugin.dataflow.interpreter import interpret_module
from lint_plugin.dataflow.values import Choice, Constant, Function, Items, Reference, Table, Value
from lint_plugin.discovery import files_below
from lint_plugin.settings import Settings
from lint_plugin.world import FileWorld

# A name that is passed on more often than this is not followed further.
_MOST_HOPS = 8
_LARGEST_FILE = 2_000_000


class Project:
    """The modules below one folder that pass sealed names on.

    By default only files that may import what is sealed are looked at, and those that import from them: every other
    file is told at its own import. In strict mode all are.

    Args:
        settings: what holds for the folder; its root is the folder.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._root = settings.root or os.getcwd()
        self._leaks: dict[str, dict[str, str]] = {}
        self._words: tuple[bytes, ...] = ()
        self._modules: dict[str, dict[str, Value]] = {}

    @property
    def words(self) -> tuple[bytes, ...]:
        """What a file must hold to use a name that another one passes on."""
        return self._words

    def concerns(self, data: bytes) -> bool:
        """Tell whether a file may use a name that another one passes on."""
        return any(word in data for word in self._words)

    def leak(self, module: str, name: str, folders: list[str]) -> str:
        """Return the sealed name for which ``name`` of a first-party module stands, or an empty string.

        Args:
            module: a dotted name, with a dot in front when it is relative to the root.
            name: a name in it.
            folders: the folders between the root and the file that asks.
        """
        for names in self._named(module, folders):
            if name in names:
                return names[name]
        return ""

    def names_of(self, module: str, folders: list[str]) -> list[str]:
        """Return the public names that a first-party module passes on."""
        return [name for names in self._named(module, folders) for name in names if not name.startswith("_")]

    def _named(self, module: str, folders: list[str]) -> Iterator[dict[str, str]]:
        for candidate in _candidates(module, folders):
            names = self._leaks.get(candidate)
            if names is not None:
                yield names

    def search(self) -> None:
        """Find the modules; what passes on a name that was passed on is found too."""
        files = [file for file in files_below(self._root) if not self._settings.excludes(file)]
        self._look_into(file for file in files if self._settings.strict or self._settings.allows(file))
        for _ in range(_MOST_HOPS):
            before = {module: len(names) for module, names in self._leaks.items()}
            if not before:
                return
            self._words = tuple({_last_word(module).encode() for module in before})
            self._look_into(file for file in files if not self._settings.allows(file))
            if before == {module: len(names) for module, names in self._leaks.items()}:
                return

    def _look_into(self, files: Iterable[str]) -> None:
        tops = [module.partition(".")[0].encode() for module in self._settings.sealed]
        for file in files:
            data = _content(file)
            follows = self._settings.strict or self._settings.allows(file)
            spelled = follows and any(top in data for top in tops)
            if spelled or self.concerns(data):
                names = self._passed_on(file, data, spelled)
                if names:
                    self._leaks.setdefault(self._module_name(file), {}).update(names)

    def _passed_on(self, file: str, data: bytes, spelled: bool) -> dict[str, str]:
        run = interpret_module(source.read(data).tree, FileWorld(file, self._settings, self))
        sealed = {name: self._sealed(value) for name, value in run.scope.names.items()}
        passed_on = {origin for module in self._leaks.values() for origin in module.values()}
        return {name: path for name, path in sealed.items() if path and (spelled or path in passed_on)}

    def _sealed(self, value: Value) -> str:
        for option in value.options if isinstance(value, Choice) else (value,):
            if isinstance(option, Reference) and self._settings.seals(option.path):
                return option.path
        return ""

    def _module_name(self, file: str) -> str:
        relative = os.path.relpath(file, self._root).replace(os.sep, "/")
        parts = relative.rpartition(".")[0].split("/")
        return "." + ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    def constant(self, module: str, name: str, folders: list[str]) -> Value | None:
        """Return what a name of another first-party module stands for, when that is a constant or a function."""
        for candidate in _candidates(module, folders):
            names = self._modules.get(candidate)
            if names is None:
                names = self._modules[candidate] = {}
                names.update(self._names_in(candidate))
            if isinstance(names.get(name), (Constant, Items, Table, Function)):
                return names[name]
        return None

    def _names_in(self, module: str) -> dict[str, Value]:
        base = os.path.join(self._root, *module[1:].split("."))
        for file in (f"{base}.py", os.path.join(base, "__init__.py")):
            if os.path.isfile(file):
                run = interpret_module(source.read(_content(file)).tree, FileWorld(file, self._settings, self))
                return run.scope.names
        return {}


def _candidates(module: str, folders: list[str]) -> Iterator[str]:
    """Yield the names relative to the root for which a dotted name may stand in a file below these folders."""
    if module.startswith("."):
        yield module
        return
    yield f".{module}"
    for depth in range(len(folders)):
        yield "." + ".".join([*folders[: depth + 1], module])
    for folder in ("src", "lib", "python"):
        yield f".{folder}.{module}"


def _last_word(module: str) -> str:
    return module.rpartition(".")[2] or module


def _content(file: str) -> bytes:
    try:
        with open(file, "rb") as stream:
            return stream.read(_LARGEST_FILE)
    except OSError:
        return b""


def project_for(settings: Settings) -> Project:
    """Return the project of these settings, searched once."""
    return _project(settings.root or os.getcwd(), settings)


@lru_cache(maxsize=64)
def _project(root: str, settings: Settings) -> Project:
    project = Project(settings)
    if settings.allow or settings.strict:
        project.search()
    return project
