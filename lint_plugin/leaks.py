"""Finds the first-party modules that pass sealed names on, and those that pass on what these do."""

from __future__ import annotations

from lint_plugin import source, unsaved
from lint_plugin.dataflow.concrete import concrete_text
from lint_plugin.dataflow.facts import Kind
from lint_plugin.dataflow.interpreter import interpret_module
from lint_plugin.dataflow.run import Call, Run
from lint_plugin.dataflow.values import (
    UNKNOWN,
    Class,
    Constant,
    Function,
    Instance,
    Items,
    Reference,
    Table,
    Value,
    options,
)
from lint_plugin.discovery import files_below
from lint_plugin.project import ANY, EXPORTED, Project
from lint_plugin.settings import Settings
from lint_plugin.world import FileWorld

# A name that is passed on more often than this is not followed further.
_MOST_HOPS = 8
# Names that a module lists, each of which it is asked for.
_MOST_NAMES = 200
_LARGEST_FILE = 4_000_000


def leaks_below(settings: Settings) -> dict[str, dict[str, str]]:
    """Return for each module that passes sealed names on which they are, and what they stand for.

    By default only files that may import what is sealed are looked at, and those that import from them: every other
    file is told at its own import. In strict mode all are.
    """
    search = _Search(settings)
    search.look_at_sources()
    for _ in range(_MOST_HOPS):
        if not search.look_at_importers():
            break
    return search.leaks


class _Search:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        below = files_below(settings.root, gitignore=settings.gitignore)
        self._files = [file for file in below if file.endswith(".py") and not settings.excludes(file)]
        self._tops = [module.partition(".")[0].encode() for module in settings.sealed]
        self.leaks: dict[str, dict[str, str]] = {}

    def look_at_sources(self) -> None:
        """Find the modules that import something sealed and have it as a name of their own."""
        follows = self._settings.strict
        for file in self._files:
            if follows or self._settings.allows(file):
                data = _content(file)
                if any(top in data for top in self._tops):
                    self._add(file, data, None)

    def look_at_importers(self) -> bool:
        """Find the modules that import from those found so far; returns whether there are new ones."""
        if not self.leaks:
            return False
        before = self._count()
        project = Project(self._settings, self.leaks)
        passed_on = {origin for names in self.leaks.values() for origin in names.values()}
        for file in self._files:
            data = _content(file)
            if project.concerns(data):
                self._add(file, data, None if self._settings.allows(file) else passed_on)
        return self._count() > before

    def _count(self) -> int:
        return sum(len(names) for names in self.leaks.values())

    def _add(self, file: str, data: bytes, origins: set[str] | None) -> None:
        world = FileWorld(file, self._settings, Project(self._settings, self.leaks))
        run = interpret_module(source.read(data).tree, world)
        module = self._module_name(file)
        self._note(module, run.scope.names, origins)
        for name, value in run.scope.names.items():
            if isinstance(value, Class):
                self._note(f"{module}.{name}", value.attributes, origins)
            elif isinstance(value, Instance):
                self._note(f"{module}.{name}", {**value.cls.attributes, **value.attributes}, origins)
        if origins is None:
            self._note_any(module, run)

    def _note(self, module: str, names: dict[str, Value], origins: set[str] | None) -> None:
        sealed = {name: self._sealed(value) for name, value in names.items()}
        found = {name: path for name, path in sealed.items() if path and (origins is None or path in origins)}
        if found:
            exported = names.get("__all__")
            if isinstance(exported, Items):
                texts = [text for text in map(concrete_text, exported.items) if text is not None]
                found[EXPORTED] = " ".join(texts)
            self.leaks.setdefault(module, {}).update(found)

    def _note_any(self, module: str, run: Run) -> None:
        """Note a module that passes on names it does not write down: by a star import, or when it is asked for them."""
        origin = next(iter(run.stars), "") or self._given_when_asked(run)
        if origin:
            own = dict.fromkeys(run.scope.names, "")
            own.update(self._known_of_table(run))
            self.leaks[module] = {**own, **self.leaks.get(module, {}), ANY: origin}

    def _given_when_asked(self, run: Run) -> str:
        before = {fact.target for fact in run.facts}
        given = self._given(run, UNKNOWN) or self._given(run, Constant(ANY))
        loaded = (fact.target for fact in run.facts if fact.kind is Kind.DYNAMIC)
        return given or next((target for target in loaded if target not in before), "")

    def _given(self, run: Run, name: Value) -> str:
        """Return the sealed name that the module's own ``__getattr__`` gives for a name."""
        hook = run.scope.names.get("__getattr__")
        if not isinstance(hook, Function):
            return ""
        run.refuel()
        try:
            return self._sealed(run.call(hook, Call(hook.node, [name], {})))
        except RecursionError:
            return ""

    def _known_of_table(self, run: Run) -> dict[str, str]:
        """Return what the names stand for that a module lists in a dictionary, should it look them up there."""
        tables = [value for value in run.scope.names.values() if isinstance(value, Table)]
        names = {key for table in tables for key in table.entries if isinstance(key, str) and key.isidentifier()}
        return {name: self._given(run, Constant(name)) for name in sorted(names)[:_MOST_NAMES]}

    def _sealed(self, value: Value) -> str:
        paths = (option.path for option in options(value) if isinstance(option, Reference))
        return next((path for path in paths if self._settings.seals(path)), "")

    def _module_name(self, file: str) -> str:
        parts = self._settings.relative(file).rpartition(".")[0].split("/")
        return "." + ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _content(file: str) -> bytes:
    try:
        return unsaved.content_of(file, _LARGEST_FILE)
    except OSError:
        return b""
