"""Decides what a loader loads from what is known about the name that it is given."""

from __future__ import annotations

import ast

from lint_plugin.dataflow import names
from lint_plugin.dataflow.attributes import first_party
from lint_plugin.dataflow.facts import Kind
from lint_plugin.dataflow.run import Run
from lint_plugin.dataflow.system_modules import note
from lint_plugin.dataflow.values import UNKNOWN, Constant, Namespace, Reference, Text, Value, either, options


def load(run: Run, node: ast.AST, name: Value | None, how: str, kind: Kind = Kind.DYNAMIC) -> Value:
    """Return the module or object of a name, and note it when it is sealed, private or undecidable."""
    return either([_load_one(run, node, option, how, kind) for option in options(name or UNKNOWN)])


def _load_one(run: Run, node: ast.AST, name: Value, how: str, kind: Kind) -> Value:
    if isinstance(name, Text):
        return _load_beginning(run, node, name.prefix, how, kind)
    text = decoded(name)
    if text is None:
        if not isinstance(name, Namespace):
            run.emit(Kind.OPAQUE, node, "", how)
        return UNKNOWN
    path = text.replace(":", ".").strip()
    if path.startswith(".") or path.partition(".")[0] == names.OWN_MODULE:
        return Namespace(run.module) if path == names.OWN_MODULE else UNKNOWN
    note(run, kind, node, path, how)
    path = names.canonical(path)
    return run.refer(path) if run.world.seals(path) else first_party(run, path, node)


def _load_beginning(run: Run, node: ast.AST, prefix: str, how: str, kind: Kind) -> Value:
    prefix = prefix.replace(":", ".")
    parent, dot, _ = prefix.rpartition(".")
    if run.world.seals(prefix):
        # Whatever follows, a sealed name was meant.
        note(run, kind, node, prefix.rstrip("."), how)
    elif not dot:
        run.emit(Kind.OPAQUE, node, "", how)
    elif parent and parent.partition(".")[0] != names.OWN_MODULE:
        note(run, kind, node, parent, how)
    return UNKNOWN


def decoded(value: Value) -> str | None:
    """Return the text of a constant; bytes, which C functions take, are decoded."""
    if not isinstance(value, Constant):
        return None
    if isinstance(value.data, bytes):
        return value.data.decode("ascii", "replace")
    return value.data if isinstance(value.data, str) else None


def package_of(value: Value) -> Value:
    """Return the top package of what ``__import__("a.b")`` is given."""
    if isinstance(value, Reference):
        return Reference(value.path.partition(".")[0])
    return value


def open_root(run: Run, path: str) -> None:
    """Note that the package of a permitted module is there to be looked at."""
    top = path.partition(".")[0]
    if run.world.seals(top) and not run.world.seals(path):
        run.roots.add(top)
