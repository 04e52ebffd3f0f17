"""Module specifications and loaders: finding one asks a question, using it imports the module."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from lint_plugin.dataflow import names
from lint_plugin.dataflow.concrete import concrete_text
from lint_plugin.dataflow.facts import Kind
from lint_plugin.dataflow.library.loading import load
from lint_plugin.dataflow.library.objects import record
from lint_plugin.dataflow.library.registry import handles
from lint_plugin.dataflow.run import Call, Run
from lint_plugin.dataflow.system_modules import note
from lint_plugin.dataflow.values import UNKNOWN, Class, Constant, Instance, Items, Native, Text, Value, either, options

_FOUND_NAME = "<name of what was found>"


@handles(
    "importlib.util.find_spec",
    "importlib.find_loader",
    "importlib._bootstrap._find_spec",
    "importlib.machinery.PathFinder.find_spec",
    "importlib.machinery.PathFinder().find_spec",
    "importlib.machinery.FileFinder().find_spec",
    "importlib._bootstrap_external.PathFinder.find_spec",
    "importlib.util._find_spec",
    "importlib.machinery.FileFinder().find_loader",
    "pkgutil.find_loader",
    "pkgutil.get_loader",
    "sys.meta_path[].find_spec",
    "sys.meta_path[].find_module",
    "sys.path_hooks[]().find_spec",
    "sys.path_hooks[]().find_module",
    "sys.path_importer_cache[].find_spec",
    "pkgutil.get_importer().find_spec",
    "pkgutil.iter_importers()[].find_spec",
)
def _find(run: Run, call: Call) -> Value:
    name = call.argument(0, "name") or UNKNOWN
    for option in options(name):
        text = concrete_text(option)
        if text is not None and run.world.seals(text):
            run.emit(Kind.PROBE, call.node, text, "a search for the module")
    return _specification(run, call.node, name, Kind.DYNAMIC)


def _specification(run: Run, node: ast.AST, name: Value, kind: Kind) -> Instance:
    def use(given: Sequence[Value], named: dict[str, Value]) -> Value:
        return load(run, node, name, "a module specification", kind)

    loader = record("Loader", load_module=use, exec_module=use, get_code=use)
    found = record("ModuleSpec", load_module=use)
    found.attributes.update({"loader": loader, "name": name, _FOUND_NAME: Native(use)})
    return found


@handles("importlib.util.module_from_spec", "importlib._bootstrap._load", "importlib._bootstrap.module_from_spec")
def _module_from(run: Run, call: Call) -> Value:
    found = [_used(run, option, call) for option in options(call.argument(0, "spec") or UNKNOWN)]
    return either(found)


def _used(run: Run, specification: Value, call: Call) -> Value:
    if isinstance(specification, Instance) and _FOUND_NAME in specification.attributes:
        return run.call(specification.attributes[_FOUND_NAME], Call(call.node, [], {}))
    return UNKNOWN


@handles("importlib.util.LazyLoader", "importlib.util.LazyLoader.factory")
def _lazy(run: Run, call: Call) -> Value:
    return call.argument(0, "loader") or UNKNOWN


@handles("importlib.util.spec_from_file_location", "importlib.util.spec_from_loader", "importlib.machinery.ModuleSpec")
def _spec_from_file(run: Run, call: Call) -> Value:
    path = call.argument(1, "location") or call.argument(1, "loader") or UNKNOWN
    if isinstance(path, Instance) and "load_module" in path.attributes:
        # Of a loader it is known what it loads.
        found = record("ModuleSpec")
        found.attributes.update({"loader": path, _FOUND_NAME: path.attributes["load_module"]})
        return found
    name = _named_by_path(run, path) or call.argument(0, "name") or UNKNOWN
    return _specification(run, call.node, _only_sealed(run, name), Kind.LOADER)


@handles("importlib.machinery.SourceFileLoader", "importlib.machinery.SourcelessFileLoader")
def _file_loader(run: Run, call: Call) -> Value:
    path = call.argument(1, "path") or UNKNOWN
    name = _named_by_path(run, path) or call.argument(0, "fullname") or UNKNOWN
    return _specification(run, call.node, _only_sealed(run, name), Kind.LOADER).attributes["loader"]


@handles("pkgutil.walk_packages", "pkgutil.iter_modules")
def _modules_below(run: Run, call: Call) -> Value:
    prefix = concrete_text(call.argument(1, "prefix") or UNKNOWN)
    if not prefix:
        return run.refer("pkgutil.iter_modules()")
    return Items([Instance(_MODULE_INFO, {"name": Text(prefix)})])


_MODULE_INFO = Class(
    "ModuleInfo", {"__annotations__": Items([Constant(name) for name in ("module_finder", "name", "ispkg")])}, []
)


@handles(
    "pkgutil.iter_modules()[].module_finder.find_spec",
    "pkgutil.iter_modules()[].module_finder.find_module",
    "pkgutil.iter_modules()[][].find_spec",
)
def _found_below(run: Run, call: Call) -> Value:
    return _find(run, call)


@handles("runpy.run_path", "imp.load_source", "imp.load_compiled")
def _run_path(run: Run, call: Call) -> Value:
    for argument in call.arguments:
        name = _named_by_path(run, argument)
        if name is not None:
            load(run, call.node, name, "a file that is run", Kind.LOADER)
        text = concrete_text(argument)
        if text is not None and "/" not in text:
            note(run, Kind.LOADER, call.node, names.canonical(text), "a file that is run")
    return UNKNOWN


def _only_sealed(run: Run, name: Value) -> Value:
    # A file that is loaded under a name of one's own is nobody's business, and not undecided either.
    text = concrete_text(name)
    return name if text is not None and run.world.seals(text) else Constant(names.OWN_MODULE)


def _named_by_path(run: Run, path: Value) -> Value | None:
    """Return the sealed module of which this is a file, as installed packages are laid out."""
    text = concrete_text(path) or (path.prefix if isinstance(path, Text) else "")
    parts = text.replace("\\", "/").split("/")
    for place, part in enumerate(parts[:-1]):
        inside = [one.partition(".")[0] for one in parts[place:] if one not in ("__init__.py", "__main__.py")]
        name = ".".join(inside)
        installed = (place and parts[place - 1] in ("site-packages", "dist-packages")) or parts[-1].startswith("__")
        if installed and run.world.seals(part):
            return Constant(name)
    return None
