"""Which declaration a started span has: in the same file, in another one, or by name in those of the settings."""

from __future__ import annotations

import ast
import os
from functools import lru_cache
from typing import TYPE_CHECKING

from lint_plugin import unsaved
from lint_plugin.dataflow.run import Call
from lint_plugin.dataflow.values import Constant, Reference
from lint_plugin.globs import glob_pattern
from lint_plugin.settings import Settings

if TYPE_CHECKING:
    from lint_plugin.module import Module
    from tracing_facade.registry import SpanSpec
    from tracing_facade.registry.reading.declarations import Declarations
    from tracing_facade.registry.reading.files import Files


def declared_span(module: Module, call: Call) -> SpanSpec | None:
    """Return the declaration of the span that a call starts, or ``None`` when there is none or it is not known."""
    given = call.argument(0, "span")
    if isinstance(given, Constant) and isinstance(given.data, str):
        return declared_names(module.settings).get(given.data)
    if not isinstance(given, Reference):
        return None
    if given.path == f"{module.settings.facade}.SpanSpec()":
        return _in_file(module.path, _written_name(call.node))
    owner, _, name = given.path.rpartition(".")
    if module.project is None or not owner or "(" in owner:
        return None
    file = module.project.file_of(owner, module.settings.relative(module.path).split("/")[:-1])
    return _in_file(file, name) if file is not None else None


def _written_name(node: ast.AST) -> str:
    written = node.args[0] if isinstance(node, ast.Call) and node.args else None
    return written.id if isinstance(written, ast.Name) else ""


def _in_file(path: str, name: str, hops: int = 4) -> SpanSpec | None:
    found = next((span.spec for span in declarations_in(path).spans if span.constant == name), None)
    if found is not None or hops == 0:
        return found
    further = (_in_file(file, other, hops - 1) for file, other in _passed_on(path, name, unsaved.version_of(path)))
    return next((spec for spec in further if spec is not None), None)


@lru_cache(maxsize=256)
def _passed_on(path: str, name: str, changed: int) -> list[tuple[str, str]]:
    """Return where a file that imports a name has it from: files, and what it is called there."""
    from tracing_facade.registry.reading.files import module_file
    from tracing_facade.registry.reading.module import Imported, parse
    from tracing_facade.registry.reading.places import Refused

    files = _shown_files()
    try:
        module = parse(path, files.read(path) or b"")
    except Refused:
        return []
    binding = module.bindings.get(name)
    sources = [(source, name) for source, _ in module.stars] if binding is None else []
    if isinstance(binding, Imported) and binding.name:
        sources = [(binding.module, binding.name)]
    found = ((module_file(files, path, source), other) for source, other in sources)
    return [(file[0], other) for file, other in found if file is not None]


def declarations_in(path: str, required: bool = False) -> Declarations:
    """Return what a file declares.

    Args:
        path: of the file.
        required: whether everything in it must be readable.
    """
    return _read(path, required, unsaved.version_of(path))


def forget() -> None:
    """Forget what the files of settings declare, because they have changed."""
    declared_names.cache_clear()


@lru_cache(maxsize=256)
def _read(path: str, required: bool, changed: int) -> Declarations:
    # Loads the facade, which the checker otherwise has no need of.
    from tracing_facade.registry.reading.declarations import read_declarations

    return read_declarations(path, _shown_files(), strict=required)


def _shown_files() -> Files:
    """Return the files as an editor shows them."""
    from tracing_facade.registry.reading.files import DiskFiles

    class ShownFiles(DiskFiles):
        def read(self, path: str) -> bytes | None:
            return unsaved.texts.get(os.path.abspath(path)) or super().read(path)

    return ShownFiles()


@lru_cache(maxsize=64)
def declared_names(settings: Settings) -> dict[str, SpanSpec]:
    """Return the spans that the files of the settings declare, by name and by former name."""
    found: dict[str, SpanSpec] = {}
    for path in declaration_files(settings):
        for span in declarations_in(path).spans:
            found.update(dict.fromkeys((*span.spec.aliases, span.spec.name), span.spec))
    return found


def declaration_files(settings: Settings) -> list[str]:
    """Return the files that the settings name as declarations; folders in globs are looked through."""
    from lint_plugin.discovery import files_below

    found = []
    for name in settings.declarations:
        path = os.path.join(settings.root or os.getcwd(), name)
        if "*" not in name:
            found.append(path)
            continue
        below = files_below(settings.root or os.getcwd())
        found += [file for file in below if glob_pattern(name).match(settings.relative(file))]
    return found


def is_declaration_file(path: str, settings: Settings) -> bool:
    """Tell whether the settings name a file as one of declarations."""
    relative = settings.relative(path)
    return any(relative == name or glob_pattern(name).match(relative) for name in settings.declarations)
