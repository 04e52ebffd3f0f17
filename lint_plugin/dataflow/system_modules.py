"""``sys.modules``: taking a module out of it is an import that somebody else has done."""

from __future__ import annotations

import ast

from lint_plugin.dataflow import names
from lint_plugin.dataflow.concrete import concrete_text
from lint_plugin.dataflow.facts import Kind
from lint_plugin.dataflow.run import Run
from lint_plugin.dataflow.values import UNKNOWN, Choice, Items, Namespace, Reference, Text, Value, either, options

KEY = "sys.modules.key"
"""What a loop over the names of ``sys.modules`` yields."""
MODULE = "sys.modules.value"
"""What a loop over its values yields."""


def taken(run: Run, key: Value, node: ast.AST, how: str = "sys.modules[...]") -> Value:
    """Return the module of a name, and note it when it is sealed."""
    return either([_taken(run, option, node, how) for option in options(key)])


def _taken(run: Run, key: Value, node: ast.AST, how: str) -> Value:
    name = concrete_text(key)
    if name is None:
        if isinstance(key, Text) and _decided(key.prefix):
            name = key.prefix.rstrip(".")
        elif isinstance(key, Reference) and key.path == KEY:
            if run.searched:
                run.emit(Kind.MODULES, node, run.searched, how)
            return UNKNOWN
        else:
            run.emit(Kind.OPAQUE, node, "", how)
            return UNKNOWN
    if name == names.OWN_MODULE:
        return Namespace(run.module)
    note(run, Kind.MODULES, node, name, how)
    return run.refer(names.canonical(name))


def _decided(prefix: str) -> bool:
    return "." in prefix.strip(".") or prefix.endswith(".")


def note(run: Run, kind: Kind, node: ast.AST, name: str, how: str) -> None:
    """Note that a module is loaded, if it is sealed or private."""
    if run.world.seals(name):
        run.emit(kind, node, name, how)
    elif run.world.private(name):
        run.emit(Kind.PRIVATE, node, name, how)


def replaced(run: Run, key: Value, new: Value | None, node: ast.AST, how: str) -> None:
    """Follow ``sys.modules[key] = new`` and ``del sys.modules[key]``."""
    for option in options(key):
        name = concrete_text(option)
        if isinstance(option, Reference) and option.path == KEY and run.searched:
            run.emit(Kind.STUB, node, run.searched, how)
        if name is not None:
            note(run, Kind.STUB, node, name, how)
            if new is not None:
                run.patched[name] = new


_NAMES = (KEY, f"{MODULE}.__name__")
_PARTS = tuple(f"{name}.{how}()[]" for name in _NAMES for how in ("split", "partition"))


def asked(run: Run, key: Value, container: Value, node: ast.AST) -> None:
    """Follow ``key in sys.modules``."""
    if not isinstance(container, Reference) or container.path.removesuffix(".keys()") != "sys.modules":
        return
    for option in options(key):
        name = concrete_text(option)
        if name is not None and run.world.seals(name):
            run.emit(Kind.PROBE, node, name, "in sys.modules")


def searched(run: Run, value: Value, other: Value, node: ast.AST) -> None:
    """Follow the comparison of a name out of ``sys.modules`` with something."""
    if _is_name(value) or (isinstance(value, Choice) and any(map(_is_name, value.options))):
        _searched(run, other, node)


def _is_name(value: Value) -> bool:
    return isinstance(value, Reference) and (value.path in _NAMES or value.path in _PARTS)


def _searched(run: Run, other: Value, node: ast.AST) -> None:
    for name in _texts(other):
        if run.world.seals(name.rstrip(".")):
            run.searched = name.rstrip(".")
            run.emit(Kind.MODULES if run.values_seen else Kind.PROBE, node, run.searched, "a search of sys.modules")


def _texts(value: Value) -> list[str]:
    values = [item for option in options(value) for item in (option.items if isinstance(option, Items) else [option])]
    return [text for text in map(concrete_text, values) if text is not None]
