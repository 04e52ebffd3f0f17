"""Reads type annotations: what a declared name holds, and which modules a string in an annotation names."""

from __future__ import annotations

import ast
from functools import lru_cache

from lint_plugin.dataflow.facts import Kind
from lint_plugin.dataflow.run import Run
from lint_plugin.dataflow.values import UNKNOWN, Class, Reference, Value, either

_DEEPEST = 12
_LONGEST = 2_000

# Their arguments are values or remarks, not types.
_VALUES = ("Literal",)
_FIRST_ONLY = ("Annotated",)
_TRANSPARENT = ("Optional", "Union", "Final", "ClassVar", "Required", "NotRequired", "ReadOnly")
# They say nothing.
_ANYTHING = ("typing.Any", "typing_extensions.Any", "builtins.object")


def typed(run: Run, node: ast.expr | None, place: ast.expr | None = None, depth: int = 0) -> Value:
    """Return what is known about a value that is declared with this annotation.

    Args:
        run: the interpretation.
        node: the annotation, or a part of it.
        place: where it stands, when it was in a string.
        depth: how many annotations there are around it.
    """
    if node is None or depth > _DEEPEST:
        return UNKNOWN
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return typed(run, _parsed(node.value), place or node, depth + 1)
    if isinstance(node, (ast.Name, ast.Attribute)):
        return _named(run, node, place)
    if isinstance(node, ast.Subscript):
        return _subscripted(run, node, place, depth)
    if isinstance(node, ast.BinOp):
        return _known([typed(run, part, place, depth + 1) for part in (node.left, node.right)])
    for part in node.elts if isinstance(node, (ast.List, ast.Tuple)) else ():
        typed(run, part, place, depth + 1)
    return UNKNOWN


def evaluated(run: Run, node: ast.expr | None) -> None:
    """Follow the calls in an annotation: as long as it is no text, Python makes them."""
    if node is None or isinstance(node, (ast.Name, ast.Constant, ast.Attribute)):
        return
    if any(isinstance(part, ast.Call) for part in ast.walk(node)):
        run.evaluate(node)


@lru_cache(maxsize=512)
def _parsed(text: str) -> ast.expr | None:
    if len(text) > _LONGEST:
        return None
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _known(values: list[Value]) -> Value:
    known = [value for value in values if value is not UNKNOWN]
    return either(known)


def _named(run: Run, node: ast.Name | ast.Attribute, place: ast.expr | None) -> Value:
    path = dotted(node)
    if path is None:
        return UNKNOWN
    root = path.partition(".")[0]
    if run.scope.find(root) is None and "." in path and run.world.seals(path):
        run.emit(Kind.ANNOTATION, place or node, path, "annotation")
        return run.refer(f"{path}()")
    value = run.evaluate(node)
    if isinstance(value, Class):
        return run.example(value)
    return run.refer(f"{value.path}()") if isinstance(value, Reference) and value.path not in _ANYTHING else UNKNOWN


def dotted(node: ast.expr) -> str | None:
    """Return ``a.b.c`` for a chain of names, else ``None``."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return ".".join([node.id, *reversed(parts)])


def _subscripted(run: Run, node: ast.Subscript, place: ast.expr | None, depth: int) -> Value:
    base = _base_name(run, node.value)
    if base in _VALUES:
        return UNKNOWN
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if base in _FIRST_ONLY:
        return typed(run, parts[0], place, depth + 1) if parts else UNKNOWN
    inner = [typed(run, part, place, depth + 1) for part in parts]
    if base in _TRANSPARENT:
        return _known(inner)
    if any(isinstance(one, Reference) and run.world.watches(one.path) for one in inner):
        from lint_plugin.dataflow.containers import container

        held = container(run, base, inner)
        if held is not None:
            return held
    return typed(run, node.value, place, depth + 1)


def _base_name(run: Run, node: ast.expr) -> str:
    value = run.evaluate(node)
    path = value.path if isinstance(value, Reference) else dotted(node) or ""
    return path.rpartition(".")[2]
