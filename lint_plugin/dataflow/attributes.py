"""Follows attributes: of objects that are known by origin, and of those of the file itself."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from lint_plugin.dataflow import names
from lint_plugin.dataflow.concrete import concrete_text, lifted
from lint_plugin.dataflow.docstrings import docstring
from lint_plugin.dataflow.facts import Kind
from lint_plugin.dataflow.run import Call, Run
from lint_plugin.dataflow.values import (
    UNKNOWN,
    Bound,
    Choice,
    Class,
    Constant,
    Descriptor,
    Function,
    Instance,
    Items,
    Method,
    Namespace,
    Native,
    Partial,
    Reference,
    Table,
    Text,
    Value,
    either,
)
from lint_plugin.vocabulary import SPAN_STARTS


def attribute(run: Run, value: Value, name: str, node: ast.AST) -> Value:
    """Return an attribute of a value."""
    if name in ("__call__", "__func__", "__wrapped__") and not isinstance(value, (Reference, Instance)):
        return value
    handler = _ATTRIBUTES.get(type(value))
    return handler(run, value, name, node) if handler is not None else UNKNOWN


def _of_choice(run: Run, value: Choice, name: str, node: ast.AST) -> Value:
    return either([attribute(run, option, name, node) for option in value.options])


def _of_reference(run: Run, value: Reference, name: str, node: ast.AST) -> Value:
    if name == "__call__":
        return value
    path = names.member(value.path, name)
    known = _known_member(run, path)
    if known is not None:
        return known
    world = run.world
    if world.private(path):
        if not world.private(value.path):
            run.emit(Kind.PRIVATE, node, path, "attribute")
    elif world.seals(path):
        if value.path in run.roots or not world.seals(value.path):
            run.emit(Kind.ATTRIBUTE, node, path, "attribute")
        if name in SPAN_STARTS:
            run.emit(Kind.SPAN, node, path, name)
    else:
        found = first_party(run, path, node)
        if value.origin is None or not isinstance(found, Reference):
            return found
        return run.refer(found.path, value.origin)
    return run.refer(path, value.origin)


def _known_member(run: Run, path: str) -> Value | None:
    if path in run.patched:
        return run.patched[path]
    if path in names.CONSTANTS:
        return Constant(names.CONSTANTS[path])
    return Namespace(run.module) if path in _GLOBALS else None


# The names of the file itself, by way of the frame that runs it.
_GLOBALS = frozenset(
    f"{frame}.f_{names}" for frame in ("sys._getframe()", "inspect.currentframe()") for names in ("globals", "locals")
)


def first_party(run: Run, path: str, node: ast.AST) -> Value:
    """Return what a dotted name stands for if another module of the program says so."""
    origin = run.world.leak(path)
    if origin:
        run.emit(Kind.REEXPORT, node, path.lstrip("."), origin)
        return run.refer(origin)
    return run.world.constant(path) or run.refer(path)


def _of_builtin(run: Run, value: Value, name: str, node: ast.AST) -> Value:
    if name == "__class__":
        return Reference(f"builtins.{_type_name(value)}")
    return Method(value, name)


def _type_name(value: Value) -> str:
    if isinstance(value, Constant):
        return type(value.data).__name__
    return value.kind.__name__ if isinstance(value, Items) else "dict" if isinstance(value, Table) else "str"


def _of_instance(run: Run, value: Instance, name: str, node: ast.AST) -> Value:
    if name == "__dict__":
        return Table(value.attributes)
    if name == "__class__":
        return value.cls
    if name in value.attributes:
        kept = value.attributes[name]
        return run.learnt.get((id(value.cls), name), kept) if kept is UNKNOWN else kept
    found = class_attribute(value.cls, name)
    if found is None:
        return _missing(run, value, name, node)
    return _bound(run, found, value, node)


def _missing(run: Run, value: Instance, name: str, node: ast.AST) -> Value:
    hook = class_attribute(value.cls, "__getattr__")
    if hook is not None:
        return run.call(Bound(hook, value), Call(node, [Constant(name)], {}))
    base = unknown_base(value.cls)
    work = class_attribute(value.cls, "run") if base is not None and name == "start" else None
    if work is not None:
        # A thread or process does in `run` what it is started for.
        return Bound(work, value)
    return _inherited(run, f"{base.path}()", name, node) if base is not None else UNKNOWN


def _inherited(run: Run, base: str, name: str, node: ast.AST) -> Value:
    """Return what an object or class has from a base class that is not of the checked file."""
    return attribute(run, run.refer(base), name, node) if run.world.watches(base) else run.refer(f"{base}.{name}")


def unknown_base(cls: Class) -> Reference | None:
    """Return the first base class that is not of the checked file."""
    for base in cls.bases:
        found = base if isinstance(base, Reference) else unknown_base(base) if isinstance(base, Class) else None
        if found is not None and found.path != "builtins.object":
            return found
    return None


def _got(run: Run, descriptor: Instance, owner: Value, node: ast.AST) -> Value:
    method = class_attribute(descriptor.cls, "__get__")
    return run.call(Bound(method, descriptor), Call(node, [owner, UNKNOWN], {})) if method is not None else descriptor


def _bound(run: Run, found: Value, receiver: Instance, node: ast.AST) -> Value:
    if isinstance(found, Function):
        return Bound(found, receiver)
    if isinstance(found, Descriptor):
        if found.kind == "property":
            return run.call(Bound(found.function, receiver), Call(node, [], {}))
        if found.kind == "method":
            return Bound(found.function, receiver)
        return found.function if found.kind == "static" else Bound(found.function, receiver.cls)
    return _got(run, found, receiver, node) if isinstance(found, Instance) else found


def class_attribute(cls: Class, name: str, depth: int = 8) -> Value | None:
    """Return an attribute of a class or of its bases in the same file, as it was assigned."""
    if name in cls.attributes:
        return cls.attributes[name]
    for base in cls.bases if depth else ():
        found = class_attribute(base, name, depth - 1) if isinstance(base, Class) else None
        if found is not None:
            return found
    return None


def fields_of(cls: Class, depth: int = 8) -> list[str]:
    """Return what `@dataclass` and `NamedTuple` make parameters of: the annotated names, those of bases first."""
    bases = [fields_of(base, depth - 1) for base in cls.bases if depth and isinstance(base, Class)]
    own = cls.attributes.get("__annotations__")
    names = [concrete_text(item) for item in own.items] if isinstance(own, Items) else []
    return list(dict.fromkeys([*(name for base in bases for name in base), *(name for name in names if name)]))


def _of_class(run: Run, value: Class, name: str, node: ast.AST) -> Value:
    if name == "__dict__":
        return Table(value.attributes)
    if name in ("__name__", "__qualname__"):
        return Constant(value.name)
    if name == "__subclasses__":
        return Native(lambda given, named: Items(list(value.subclasses)))
    found = class_attribute(value, name)
    if isinstance(found, Descriptor):
        return Bound(found.function, value) if found.kind == "class" else found.function
    if isinstance(found, Instance) and class_attribute(found.cls, "__get__") is not None:
        return _got(run, found, Constant(None), node)
    if found is not None:
        return _member_of_enumeration(value, name, found)
    if isinstance(value.metaclass, Class):
        hook = class_attribute(value.metaclass, name) or class_attribute(value.metaclass, "__getattr__")
        if hook is not None and not isinstance(hook, (Function, Descriptor)):
            return hook
        if hook is not None:
            bound = Bound(hook, value)
            return bound if name in value.metaclass.attributes else run.call(bound, Call(node, [Constant(name)], {}))
    base = unknown_base(value)
    return _inherited(run, base.path, name, node) if base is not None else UNKNOWN


def _member_of_enumeration(cls: Class, name: str, found: Value) -> Value:
    base = unknown_base(cls)
    if base is None or not base.path.startswith("enum.") or isinstance(found, (Function, Instance)):
        return found
    if base.path == "enum.StrEnum":
        return found
    return Instance(cls, {"value": found, "_value_": found, "name": Constant(name), "_name_": Constant(name)})


def _of_function(run: Run, value: Function, name: str, node: ast.AST) -> Value:
    attached = run.attached.get((id(value), name))
    if attached is not None:
        return attached
    if name == "__globals__":
        return Namespace(run.module)
    if name == "__code__":
        return value
    if name == "__defaults__":
        return Items(value.defaults, tuple)
    if name in ("__name__", "__qualname__") and not isinstance(value.node, ast.Lambda):
        return Constant(value.node.name)
    if name == "__doc__" and not isinstance(value.node, ast.Lambda):
        return lifted(docstring(value.node))
    return UNKNOWN


def _of_partial(run: Run, value: Partial, name: str, node: ast.AST) -> Value:
    if name == "func":
        return value.callee
    if name == "args":
        return Items(value.arguments, tuple)
    return Table(dict(value.keywords)) if name == "keywords" else UNKNOWN


def _of_bound(run: Run, value: Bound, name: str, node: ast.AST) -> Value:
    return value.receiver if name == "__self__" else attribute(run, value.callee, name, node)


def _of_namespace(run: Run, value: Namespace, name: str, node: ast.AST) -> Value:
    if name == "__dict__":
        return value
    if name in value.scope.names:
        return value.scope.names[name]
    return Method(value, name)


_ATTRIBUTES: dict[type, Callable[[Run, Any, str, ast.AST], Value]] = {
    Choice: _of_choice,
    Reference: _of_reference,
    Constant: _of_builtin,
    Text: _of_builtin,
    Items: _of_builtin,
    Table: _of_builtin,
    Instance: _of_instance,
    Class: _of_class,
    Function: _of_function,
    Partial: _of_partial,
    Bound: _of_bound,
    Namespace: _of_namespace,
}


def set_attribute(run: Run, value: Value, name: str, new: Value, node: ast.AST) -> None:
    """Follow ``value.name = new``."""
    if isinstance(value, (Instance, Class)):
        value.attributes[name] = new
    elif isinstance(value, Function):
        run.attached[id(value), name] = new
        run.kept.append(value)
    elif isinstance(value, Namespace):
        value.scope.names[name] = new
    elif isinstance(value, Reference):
        path = names.member(value.path, name)
        if run.world.private(path) and not run.world.private(value.path):
            run.emit(Kind.PRIVATE, node, path, "attribute")
        run.patched[path] = new
