"""Functions that import a module, or an object of it, by name."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from lint_plugin.dataflow.concrete import concrete_text
from lint_plugin.dataflow.constants import binary
from lint_plugin.dataflow.facts import Kind
from lint_plugin.dataflow.library.loading import load, open_root, package_of
from lint_plugin.dataflow.library.objects import record
from lint_plugin.dataflow.library.registry import HANDLERS, handles
from lint_plugin.dataflow.run import Call, Handler, Run
from lint_plugin.dataflow.values import UNKNOWN, Constant, Items, Reference, Table, Text, Value, either, options, truth

# Function: the position and the name of the argument that names a module or an object in one.
_RESOLVERS = {
    "pkgutil.resolve_name": (0, "name"),
    "pydoc.locate": (0, "path"),
    "pydoc.safeimport": (0, "path"),
    "pydoc.resolve": (0, "thing"),
    "pydoc.doc": (0, "thing"),
    "pydoc.render_doc": (0, "thing"),
    "builtins.help": (0, "request"),
    "pytest.importorskip": (0, "modname"),
    "_pytest.outcomes.importorskip": (0, "modname"),
    "test.support.import_helper.import_module": (0, "name"),
    "test.support.import_helper.import_fresh_module": (0, "name"),
    "test.support.import_module": (0, "name"),
    "unittest.defaultTestLoader.loadTestsFromName": (0, "name"),
    "unittest.TestLoader().loadTestsFromName": (0, "name"),
    "unittest.loader.defaultTestLoader.loadTestsFromName": (0, "name"),
    "unittest.mock._importer": (0, "target"),
    "importlib.resources.files": (0, "anchor"),
    "importlib.resources.contents": (0, "package"),
    "importlib.resources.is_resource": (0, "package"),
    "importlib.resources.open_binary": (0, "package"),
    "importlib.resources.open_text": (0, "package"),
    "importlib.resources.path": (0, "package"),
    "importlib.resources.read_binary": (0, "package"),
    "importlib.resources.read_text": (0, "package"),
    "pkgutil.get_data": (0, "package"),
    "doctest.DocTestSuite": (0, "module"),
    "doctest.testsource": (0, "module"),
    "doctest.debug": (0, "module"),
    "doctest._normalize_module": (0, "module"),
    "logging.config._resolve": (0, "name"),
    "logging.config.BaseConfigurator().resolve": (0, "s"),
    "logging.config.DictConfigurator().resolve": (0, "s"),
    "pickle.Unpickler().find_class": (0, "module"),
    "pickle._Unpickler().find_class": (0, "module"),
    "ctypes.pythonapi.PyImport_ImportModule": (0, "name"),
    "ctypes.pythonapi.PyImport_ImportModuleNoBlock": (0, "name"),
    "ctypes.pythonapi.PyImport_Import": (0, "name"),
    "importlib._bootstrap._gcd_import": (0, "name"),
    "importlib._bootstrap._find_and_load": (0, "name"),
    "importlib._bootstrap._find_and_load_unlocked": (0, "name"),
    "importlib.machinery.SourceFileLoader().load_module": (0, "fullname"),
    # Well-known packages.
    "django.utils.module_loading.import_string": (0, "dotted_path"),
    "django.utils.module_loading.cached_import": (0, "module_path"),
    "werkzeug.utils.import_string": (0, "import_name"),
    "werkzeug.utils.find_modules": (0, "import_path"),
    "kombu.utils.imports.symbol_by_name": (0, "name"),
    "kombu.utils.symbol_by_name": (0, "name"),
    "celery.utils.imports.symbol_by_name": (0, "name"),
    "celery.utils.imports.instantiate": (0, "name"),
    "celery.utils.imports.import_from_cwd": (0, "module"),
    "celery.utils.instantiate": (0, "name"),
    "hydra.utils.get_class": (0, "path"),
    "hydra.utils.get_method": (0, "path"),
    "hydra.utils.get_static_method": (0, "path"),
    "hydra.utils.get_object": (0, "path"),
    "hydra._internal.utils._locate": (0, "path"),
    "zope.dottedname.resolve.resolve": (0, "name"),
    "twisted.python.reflect.namedAny": (0, "name"),
    "twisted.python.reflect.namedObject": (0, "name"),
    "twisted.python.reflect.namedClass": (0, "name"),
    "twisted.python.reflect.namedModule": (0, "name"),
    "twisted.python.reflect.requireModule": (0, "name"),
    "pyramid.path.DottedNameResolver().resolve": (0, "dotted"),
    "pyramid.path.DottedNameResolver().maybe_resolve": (0, "dotted"),
    "pyramid.util.DottedNameResolver().resolve": (0, "dotted"),
    "traitlets.import_item": (0, "name"),
    "traitlets.utils.importstring.import_item": (0, "name"),
    "IPython.utils.importstring.import_item": (0, "name"),
    "airflow.utils.module_loading.import_string": (0, "dotted_path"),
    "pydantic.utils.import_string": (0, "dotted_path"),
    "pydantic.v1.utils.import_string": (0, "dotted_path"),
    "pydantic._internal._validators.import_string": (0, "value"),
    "scrapy.utils.misc.load_object": (0, "path"),
    "scrapy.utils.misc.walk_modules": (0, "path"),
    "gunicorn.util.import_app": (0, "module"),
    "gunicorn.util.load_class": (0, "uri"),
    "uvicorn.importer.import_from_string": (0, "import_str"),
    "oslo_utils.importutils.import_module": (0, "import_str"),
    "oslo_utils.importutils.import_class": (0, "import_str"),
    "oslo_utils.importutils.import_object": (0, "import_str"),
    "oslo_utils.importutils.try_import": (0, "import_str"),
    "lazy_loader.load": (0, "fullname"),
    "lazy_import.lazy_module": (0, "modname"),
    "lazy_import.lazy_callable": (0, "modname"),
    "sympy.external.import_module": (0, "module"),
}


def _resolver(path: str, position: int, keyword: str) -> Handler:
    def follow(run: Run, call: Call) -> Value:
        return load(run, call.node, call.argument(position, keyword), path)

    return follow


for _path, (_position, _keyword) in _RESOLVERS.items():
    HANDLERS[_path] = _resolver(_path, _position, _keyword)


@handles("importlib.import_module")
def _import_module(run: Run, call: Call) -> Value:
    name = call.argument(0, "name") or UNKNOWN
    package = call.argument(1, "package")
    if package is not None:
        name = _all_absolute(name, package)
    return load(run, call.node, name, "importlib.import_module")


@handles("importlib.util.resolve_name")
def _resolve_name(run: Run, call: Call) -> Value:
    name, package = call.argument(0, "name") or UNKNOWN, call.argument(1, "package") or UNKNOWN
    return _all_absolute(name, package)


def _all_absolute(name: Value, package: Value) -> Value:
    return either([_absolute(option, base) for option in options(name) for base in options(package)])


def _absolute(name: Value, package: Value) -> Value:
    known, base = concrete_text(name), concrete_text(package)
    if isinstance(name, Text) and name.prefix.startswith(".") and base:
        return Text(f"{base}{name.prefix}")
    if known is None or not known.startswith(".") or base is None:
        return name
    level = len(known) - len(known.lstrip("."))
    parts = base.split(".")
    kept = parts[: len(parts) - level + 1]
    return Constant(".".join([*kept, known.lstrip(".")]).strip(".")) if kept else name


@handles("builtins.__import__", "importlib.__import__", "importlib._bootstrap.__import__")
def _dunder_import(run: Run, call: Call) -> Value:
    level = call.argument(4, "level")
    if level is not None and truth(level) is not False:
        return UNKNOWN
    found = load(run, call.node, call.argument(0, "name"), "__import__")
    for option in options(found):
        if isinstance(option, Reference):
            open_root(run, option.path)
    names = call.argument(3, "fromlist")
    _note_members(run, call, names)
    if names is None or truth(names) is False:
        return either([package_of(option) for option in options(found)])
    return found


def _note_members(run: Run, call: Call, names: Value | None) -> None:
    # `__import__("a", fromlist=["b"])` imports a.b if that is a module.
    parent = call.argument(0, "name") or UNKNOWN
    for name in names.items if isinstance(names, Items) else ():
        for option in options(binary_dot(parent, name)):
            text = concrete_text(option)
            if text is not None and run.world.seals(text) and not run.world.seals(text.rpartition(".")[0]):
                load(run, call.node, option, "__import__")


def binary_dot(left: Value, right: Value) -> Value:
    """Return ``left + "." + right``."""
    return binary(ast.Add, binary(ast.Add, left, Constant(".")), right)


@handles("unittest.defaultTestLoader.loadTestsFromNames", "unittest.TestLoader().loadTestsFromNames")
def _each_name(run: Run, call: Call) -> Value:
    names = call.argument(0, "names")
    for name in names.items if isinstance(names, Items) else ():
        load(run, call.node, name, "loadTestsFromNames")
    return UNKNOWN


@handles(
    "runpy.run_module",
    "runpy._run_module_as_main",
    "imp.find_module",
    "imp.load_module",
    "imp.load_package",
    "zipimport.zipimporter().load_module",
    "zipimport.zipimporter().find_spec",
    "zipimport.zipimporter().find_module",
    "imp.load_source",
    "imp.load_compiled",
    "imp.load_dynamic",
)
def _run_module(run: Run, call: Call) -> Value:
    load(run, call.node, call.argument(0, "mod_name"), "runpy, imp or zipimport", Kind.LOADER)
    return UNKNOWN


@handles("logging.config.DictConfigurator")
def _configurator(run: Run, call: Call) -> Value:
    _dict_config(run, call)
    return run.refer("logging.config.DictConfigurator()")


@handles("logging.config.dictConfig")
def _dict_config(run: Run, call: Call) -> Value:
    _configured(run, call, call.argument(0, "config") or UNKNOWN, 0)
    return Constant(None)


_RESOLVED_KEYS = ("class", "()", "factory")


@handles("hydra.utils.instantiate", "hydra.utils.call")
def _instantiate(run: Run, call: Call) -> Value:
    _configured(run, call, call.argument(0, "config") or UNKNOWN, 0, ("_target_",))
    return UNKNOWN


def _configured(run: Run, call: Call, value: Value, depth: int, resolved: tuple[str, ...] = _RESOLVED_KEYS) -> None:
    if depth > 8:
        return
    if isinstance(value, Items):
        for item in value.items:
            _configured(run, call, item, depth + 1, resolved)
    for key, item in value.entries.items() if isinstance(value, Table) else ():
        text = concrete_text(item)
        if text is None:
            _configured(run, call, item, depth + 1, resolved)
        elif key in resolved or text.startswith("ext://"):
            load(run, call.node, Constant(text.removeprefix("ext://")), "a configuration")


@handles("importlib.metadata.EntryPoint")
def _entry_point(run: Run, call: Call) -> Value:
    value = call.argument(1, "value") or UNKNOWN
    return record("EntryPoint", load=lambda given, named: load(run, call.node, value, "EntryPoint.load"))


@handles("pkg_resources.EntryPoint.parse")
def _parsed_entry_point(run: Run, call: Call) -> Value:
    text = concrete_text(call.argument(0, "src") or UNKNOWN)
    value: Value = Constant(text.partition("=")[2].partition("[")[0].strip()) if text else UNKNOWN

    def follow(given: Sequence[Value], named: dict[str, Value]) -> Value:
        return load(run, call.node, value, "EntryPoint.load")

    return record("EntryPoint", load=follow, resolve=follow)
