"""Follows import statements: which name of the file stands for which module or member."""

from __future__ import annotations

import ast

from lint_plugin.dataflow import names
from lint_plugin.dataflow.attributes import first_party
from lint_plugin.dataflow.branches import GOES_ON
from lint_plugin.dataflow.facts import Kind
from lint_plugin.dataflow.library import HANDLERS
from lint_plugin.dataflow.library.loading import open_root
from lint_plugin.dataflow.run import Run
from lint_plugin.dataflow.values import Reference, Value


def follow_import(run: Run, node: ast.Import) -> int:
    """Follow ``import a.b as c``."""
    for alias in node.names:
        path = names.canonical(alias.name)
        if run.world.private(path):
            run.emit(Kind.PRIVATE, node, path, "import")
        if alias.asname is not None:
            run.scope.bind(alias.asname, _module(run, path, node))
            continue
        top = names.canonical(alias.name.partition(".")[0])
        open_root(run, path)
        run.scope.bind(alias.name.partition(".")[0], run.patched.get(top) or Reference(top))
    return GOES_ON


def _module(run: Run, path: str, node: ast.stmt) -> Value:
    if path in run.patched:
        return run.patched[path]
    return Reference(path) if run.world.seals(path) else first_party(run, path, node)


def follow_from_import(run: Run, node: ast.ImportFrom) -> int:
    """Follow ``from a import b as c``."""
    base = run.world.absolute(node.module or "", node.level) if node.level else names.canonical(node.module or "")
    if run.world.private(base):
        run.emit(Kind.PRIVATE, node, base, "import")
    for alias in node.names:
        if alias.name == "*":
            _star(run, base, node)
        else:
            run.scope.bind(alias.asname or alias.name, _member(run, base, alias.name, node))
    return GOES_ON


def _member(run: Run, base: str, name: str, node: ast.ImportFrom) -> Value:
    path = names.member(base, name) if base.strip(".") else f".{name}"
    if path in run.patched:
        return run.patched[path]
    if run.world.private(path):
        if not run.world.private(base):
            run.emit(Kind.PRIVATE, node, path, "import")
        return Reference(path)
    return Reference(path) if run.world.seals(path) else first_party(run, path, node)


def _star(run: Run, base: str, node: ast.ImportFrom) -> None:
    if run.world.seals(base):
        run.stars.append(base)
    for path in HANDLERS:
        parent, _, name = path.rpartition(".")
        if parent == base and not name.startswith("_"):
            run.scope.bind(name, Reference(path))
    if base == "sys":
        run.scope.bind("modules", Reference("sys.modules"))
    for name in run.world.names_of(base):
        run.scope.bind(name, _member(run, base, name, node))
