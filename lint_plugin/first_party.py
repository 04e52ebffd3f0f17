"""Reads the constants and functions of other first-party modules, for those that use them."""

from __future__ import annotations

from lint_plugin import source, unsaved
from lint_plugin.dataflow.interpreter import interpret_module
from lint_plugin.dataflow.values import Constant, Function, Items, Reference, Table, Value
from lint_plugin.project import Project
from lint_plugin.settings import Settings
from lint_plugin.world import FileWorld

_LARGEST_FILE = 1_000_000


def constants_in(file: str, settings: Settings, project: Project) -> dict[str, Value]:
    """Return the constants and functions of a module, and what it has of the facade, by name.

    There are none when it cannot be read.

    Args:
        file: of the module.
        settings: what holds for the program.
        project: what the files of the program pass on.
    """
    try:
        data = unsaved.content_of(file, _LARGEST_FILE)
    except OSError:
        return {}
    run = interpret_module(source.read(data).tree, FileWorld(file, settings, project))
    return {name: value for name, value in run.scope.names.items() if _is_passed_on(value, settings)}


def _is_passed_on(value: Value, settings: Settings) -> bool:
    if isinstance(value, Reference):
        return value.path.startswith(f"{settings.facade}.") and "(" not in value.path
    return isinstance(value, (Constant, Items, Table, Function))
