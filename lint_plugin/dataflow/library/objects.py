"""Functions that look into objects: ``getattr``, ``vars``, ``globals``, ``operator.attrgetter`` and their like."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from lint_plugin.dataflow.attributes import attribute, set_attribute, unknown_base
from lint_plugin.dataflow.concrete import concrete_text
from lint_plugin.dataflow.elements import element, set_element
from lint_plugin.dataflow.facts import Kind
from lint_plugin.dataflow.library.registry import HANDLERS, handles
from lint_plugin.dataflow.run import Call, Run
from lint_plugin.dataflow.system_modules import KEY, asked, replaced, searched, taken
from lint_plugin.dataflow.values import (
    UNKNOWN,
    Class,
    Constant,
    Instance,
    Items,
    Namespace,
    Native,
    NativeCall,
    Reference,
    Table,
    Value,
    either,
    options,
)


def record(name: str, **methods: NativeCall) -> Instance:
    """Return an object of a library class, with methods whose effect is known."""
    return Instance(Class(name, {}, []), {key: Native(method) for key, method in methods.items()})


@handles("builtins.getattr", "inspect.getattr_static", "builtins.object.__getattribute__")
def _getattr(run: Run, call: Call) -> Value:
    owner, name = call.argument(0) or UNKNOWN, call.argument(1) or UNKNOWN
    found = [_named(run, call, owner, option) for option in options(name)]
    default = call.argument(2)
    if default is not None and (isinstance(owner, Reference) or all(value is UNKNOWN for value in found)):
        # Whether the object has the attribute is not known.
        found.append(default)
    return either(found)


def _named(run: Run, call: Call, owner: Value, name: Value) -> Value:
    text = concrete_text(name)
    return attribute(run, owner, text, call.node) if text is not None else UNKNOWN


@handles("builtins.setattr", "builtins.object.__setattr__")
def _setattr(run: Run, call: Call) -> Value:
    owner, name, value = (call.argument(place) or UNKNOWN for place in range(3))
    text = concrete_text(name)
    if text is not None:
        set_attribute(run, owner, text, value, call.node)
    return Constant(None)


@handles("builtins.vars")
def _vars(run: Run, call: Call) -> Value:
    owner = call.argument(0)
    if owner is None:
        return Namespace(run.scope)
    return attribute(run, owner, "__dict__", call.node)


@handles("builtins.globals")
def _globals(run: Run, call: Call) -> Value:
    return Namespace(run.module)


@handles("builtins.locals")
def _locals(run: Run, call: Call) -> Value:
    return Namespace(run.scope)


@handles("operator.attrgetter")
def _attrgetter(run: Run, call: Call) -> Value:
    paths = [concrete_text(argument) for argument in call.arguments]

    def follow(given: Sequence[Value], named: dict[str, Value]) -> Value:
        found = [_chain(run, run.caller or call.node, given[0] if given else UNKNOWN, path) for path in paths]
        return found[0] if len(found) == 1 else Items(found, tuple)

    return Native(follow)


def _chain(run: Run, node: ast.AST, value: Value, path: str | None) -> Value:
    for name in path.split(".") if path is not None else ():
        value = attribute(run, value, name, node)
    return value if path is not None else UNKNOWN


@handles("operator.itemgetter")
def _itemgetter(run: Run, call: Call) -> Value:
    def follow(given: Sequence[Value], named: dict[str, Value]) -> Value:
        node = run.caller or call.node
        found = [element(run, given[0] if given else UNKNOWN, key, node) for key in call.arguments]
        return found[0] if len(found) == 1 else Items(found, tuple)

    return Native(follow)


@handles("operator.methodcaller")
def _methodcaller(run: Run, call: Call) -> Value:
    name = concrete_text(call.argument(0, "name") or UNKNOWN)

    def follow(given: Sequence[Value], named: dict[str, Value]) -> Value:
        if name is None or not given:
            return UNKNOWN
        node = run.caller or call.node
        method = attribute(run, given[0], name, node)
        return run.call(method, call._replace(node=node, arguments=call.arguments[1:]))

    return Native(follow)


@handles("operator.getitem", "operator.__getitem__", "builtins.dict.__getitem__", "builtins.list.__getitem__")
def _getitem(run: Run, call: Call) -> Value:
    return element(run, call.argument(0) or UNKNOWN, call.argument(1) or UNKNOWN, call.node)


@handles("operator.setitem", "builtins.dict.__setitem__")
def _setitem(run: Run, call: Call) -> Value:
    owner, key, value = (call.argument(place) or UNKNOWN for place in range(3))
    set_element(run, owner, key, value, call.node)
    return Constant(None)


@handles("builtins.type", "builtins.object")
def _type(run: Run, call: Call) -> Value:
    if len(call.arguments) == 1:
        return attribute(run, call.arguments[0], "__class__", call.node)
    if len(call.arguments) == 3:
        name, bases, body = call.arguments
        attributes = body.entries if isinstance(body, Table) else {}
        named = {str(key): value for key, value in attributes.items()}
        return Class(concrete_text(name) or "", named, bases.items if isinstance(bases, Items) else [])
    return UNKNOWN


@handles("types.SimpleNamespace", "argparse.Namespace", "unittest.mock.Mock")
def _namespace(run: Run, call: Call) -> Value:
    return Instance(Class("SimpleNamespace", {}, []), dict(call.keywords))


@handles("types.ModuleType")
def _module(run: Run, call: Call) -> Value:
    return Instance(Class("module", {}, []), {"__name__": call.argument(0, "name") or UNKNOWN})


@handles("collections.namedtuple")
def _namedtuple(run: Run, call: Call) -> Value:
    fields = call.argument(1, "field_names")
    text = concrete_text(fields or UNKNOWN)
    names: list[Value] = [Constant(name) for name in text.replace(",", " ").split()] if text else []
    if isinstance(fields, Items):
        names = fields.items
    return Class("namedtuple", {"__annotations__": Items(names)}, [])


@handles("inspect.getmodule", "inspect.getmodulename", "gc.get_objects", "gc.get_referrers")
def _inspection(run: Run, call: Call) -> Value:
    # What these return depends on the whole program.
    run.emit(Kind.OPAQUE, call.node, "", "inspection of the running program")
    return UNKNOWN


@handles("sys._getframe", "inspect.currentframe")
def _frame(run: Run, call: Call) -> Value:
    if call.arguments:
        return _inspection(run, call)
    return run.refer("sys._getframe()")


@handles("argparse.ArgumentParser().add_argument")
def _command_line(run: Run, call: Call) -> Value:
    names = [text for text in map(concrete_text, call.arguments) if text is not None]
    default, chosen = call.keywords.get("default"), concrete_text(call.keywords.get("dest") or UNKNOWN)
    name = chosen or next((text for text in names if text.startswith("--")), names[0] if names else "")
    if default is not None and name:
        path = f"argparse.ArgumentParser().parse_args().{name.lstrip('-').replace('-', '_')}"
        run.patched[path] = either([default, UNKNOWN])
    return UNKNOWN


@handles("sys.modules.update")
def _modules_update(run: Run, call: Call) -> Value:
    given = call.argument(0)
    for key, value in given.entries.items() if isinstance(given, Table) else ():
        replaced(run, Constant(key), value, call.node, "sys.modules.update")
    return Constant(None)


@handles("collections.ChainMap")
def _chain_map(run: Run, call: Call) -> Value:
    whole = next((one for one in call.arguments if isinstance(one, Reference)), None)
    merged = Table({})
    for one in reversed(call.arguments):
        merged.entries.update(one.entries if isinstance(one, Table) else {})
    return whole or merged


@handles("os.environ.get", "os.getenv", "os.environ.pop")
def _environment(run: Run, call: Call) -> Value:
    default = call.argument(1, "default")
    known = run.patched.get(f"os.environ[{concrete_text(call.argument(0, 'key') or UNKNOWN)}]")
    found = [value for value in (known, default) if value is not None]
    return either([*found, UNKNOWN])


@handles("os.environ.setdefault", "os.putenv")
def _environment_set(run: Run, call: Call) -> Value:
    found = _environment(run, call)
    run.patched[f"os.environ[{concrete_text(call.argument(0, 'key') or UNKNOWN)}]"] = found
    return found


@handles("builtins.super")
def _super(run: Run, call: Call) -> Value:
    this = call.argument(1) or run.scope.find("self") or UNKNOWN
    if not isinstance(this, Instance):
        return UNKNOWN
    bases = [base for base in this.cls.bases if isinstance(base, Class)]
    if bases:
        return Instance(bases[0], this.attributes)
    base = unknown_base(this.cls)
    return run.refer(f"{base.path}()") if base is not None and run.world.watches(base.path) else UNKNOWN


@handles("sys.modules.get", "sys.modules.setdefault", "sys.modules.__getitem__")
def _modules_get(run: Run, call: Call) -> Value:
    return taken(run, call.argument(0) or UNKNOWN, call.node, "sys.modules.get")


@handles("sys.modules.pop", "sys.modules.__delitem__")
def _modules_pop(run: Run, call: Call) -> Value:
    key = call.argument(0) or UNKNOWN
    replaced(run, key, None, call.node, "sys.modules.pop")
    name = concrete_text(key)
    return Reference(name) if name is not None else UNKNOWN


@handles("sys.modules.__setitem__")
def _modules_set(run: Run, call: Call) -> Value:
    set_element(run, Reference("sys.modules"), call.argument(0) or UNKNOWN, call.argument(1) or UNKNOWN, call.node)
    return Constant(None)


@handles("sys.modules.copy", "types.MappingProxyType", "copy.copy", "copy.deepcopy")
def _same(run: Run, call: Call) -> Value:
    return call.argument(0) or Reference("sys.modules")


@handles("sys.modules.__contains__")
def _modules_contains(run: Run, call: Call) -> Value:
    asked(run, call.argument(0) or UNKNOWN, Reference("sys.modules"), call.node)
    return UNKNOWN


def _places_of(pattern: str) -> dict[str, int]:
    """Return the numbers of named groups."""
    import re

    try:
        return dict(re.compile(pattern).groupindex)
    except re.error:
        return {}


@handles("re.compile")
def _pattern(run: Run, call: Call) -> Value:
    pattern = call.argument(0, "pattern") or UNKNOWN

    def using(name: str) -> NativeCall:
        def follow(given: Sequence[Value], named: dict[str, Value]) -> Value:
            return HANDLERS[f"re.{name}"](run, Call(run.caller or call.node, [pattern, *given], named))

        return follow

    methods = {name: using(name) for name in ("match", "search", "fullmatch")}
    return record("Pattern", **methods) if isinstance(pattern, Constant) else run.refer("re.compile()")


@handles("re.match", "re.search", "re.fullmatch")
def _matched(run: Run, call: Call) -> Value:
    pattern = concrete_text(call.argument(0, "pattern") or UNKNOWN)
    if pattern is not None:
        name = Constant(pattern.lstrip("^(").partition("\\")[0].rstrip("$).*"))
        searched(run, call.argument(1, "string") or UNKNOWN, name, call.node)
    groups = HANDLERS["re.groups"](run, call)
    if not isinstance(groups, Items):
        return run.refer("re.match()")

    def group(given: Sequence[Value], named: dict[str, Value]) -> Value:
        place = _places_of(pattern or "").get(concrete_text(given[0]) or "") if given else None
        return element(run, groups, Constant(place) if place else given[0] if given else Constant(0), call.node)

    rest = Items(groups.items[1:], tuple)
    return record("Match", group=group, __getitem__=group, groups=lambda given, named: rest)


@handles("sys.modules.key.startswith", "sys.modules.value.__name__.startswith", "sys.modules.key.__eq__")
def _module_name_starts(run: Run, call: Call) -> Value:
    searched(run, Reference(KEY), call.argument(0) or UNKNOWN, call.node)
    return UNKNOWN
