"""Where statements stand: which are on a line, which names they bind, and what they use."""

from __future__ import annotations

import ast
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import TypeAlias

from lint_plugin.statements import BODIES_OF

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

Path: TypeAlias = tuple[ast.AST, ...]
"""The way from the module to a statement, both included."""


class Layout:
    """Finds statements by line."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self._first_lines: dict[int, list[int]] = {}
        self._paths: dict[int, list[Path]] = {}

    def paths(self, line: int) -> list[Path]:
        """Return the way to each innermost statement on a line."""
        found = self._paths.get(line)
        if found is None:
            found = self._paths[line] = list(self._searched(line))
        return found

    def _searched(self, line: int) -> Iterator[Path]:
        waiting: list[Path] = [(self._tree,)]
        while waiting:
            path = waiting.pop()
            inner = list(self._on_line(path[-1], line))
            if inner:
                waiting.extend((*path, child) for child in inner)
            elif isinstance(path[-1], ast.stmt):
                yield path
            elif len(path) > 2:
                # In the head of a handler or a case: the statement around it is what matters.
                yield path[:-1]

    def _on_line(self, node: ast.AST, line: int) -> Iterator[ast.AST]:
        for name in BODIES_OF.get(type(node), ()):
            body = getattr(node, name)
            if not body:
                continue
            starts = self._first_lines.get(id(body))
            if starts is None:
                starts = self._first_lines[id(body)] = [first_line(child) for child in body]
            # More than one statement can begin on a line; the one before may still go on.
            place = bisect_left(starts, line)
            for index in range(max(place - 1, 0), bisect_right(starts, line, place)):
                if starts[index] <= line <= last_line(body[index]):
                    yield body[index]


def children(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the statements in a statement, or the handlers and cases in it."""
    for name in BODIES_OF.get(type(node), ()):
        yield from getattr(node, name)


def first_line(node: ast.AST) -> int:
    """Return the line on which something begins, its decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    if decorators:
        return min(one.lineno for one in decorators)
    if isinstance(node, ast.match_case):
        return node.pattern.lineno
    return node.lineno if isinstance(node, (ast.stmt, ast.excepthandler)) else 0


def last_line(node: ast.AST) -> int:
    """Return the line on which something ends."""
    if isinstance(node, ast.match_case):
        return node.body[-1].end_lineno or node.body[-1].lineno
    return node.end_lineno or node.lineno if isinstance(node, (ast.stmt, ast.excepthandler)) else 0


def used(node: ast.stmt) -> Iterator[ast.Name | ast.Attribute]:
    """Yield the names and attributes in a statement; of a compound one, in its head."""
    waiting = _parts(node)
    while waiting:
        part = waiting.pop()
        if isinstance(part, ast.Name):
            yield part
            continue
        if isinstance(part, ast.Attribute):
            yield part
        waiting += _parts(part)


# Fields that hold no parts: names, operators, remarks, and the statements in a statement.
_PLAIN_FIELDS = frozenset({
    "arg", "attr", "body", "cases", "conversion", "ctx", "finalbody", "handlers", "id", "is_async", "kind", "kwd_attrs",
    "level", "module", "names", "op", "ops", "orelse", "rest", "simple", "type_comment", "type_ignores",
})  # fmt: skip
_FIELDS: dict[type, tuple[str, ...]] = {ast.Constant: ()}


def _parts(node: ast.AST) -> list[ast.AST]:
    """Return the parts of a node, but for the statements in it; as ast.iter_child_nodes in a fraction of the time."""
    kind = type(node)
    fields = _FIELDS.get(kind)
    if fields is None:
        fields = _FIELDS[kind] = tuple(name for name in kind._fields if _may_hold_parts(kind, name))
    found: list[ast.AST] = []
    for name in fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            found += value if None not in value else [one for one in value if one is not None]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def _may_hold_parts(kind: type, name: str) -> bool:
    # These words mean something else in expressions.
    return name not in _PLAIN_FIELDS or (issubclass(kind, ast.expr) and name in ("body", "orelse"))


def bound_names(node: ast.AST) -> set[str]:
    """Return the names that a statement binds or whose value it changes; of a compound one, in its head."""
    if isinstance(node, DEFINITIONS):
        return {node.name}
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {alias.asname or alias.name.partition(".")[0] for alias in node.names}
    targets: list[ast.AST] = [*getattr(node, "targets", ())]
    targets += [one for name in ("target", "name") if isinstance(one := getattr(node, name, None), ast.AST)]
    targets += [item.optional_vars for item in getattr(node, "items", ()) if item.optional_vars is not None]
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        targets.append(node.value.func)
        targets += [one for one in node.value.args if isinstance(one, ast.Name)]
    names = {root for target in targets for root in _roots(target)}
    return names | {part.target.id for part in _walrus(node)}


def element_owners(node: ast.Assign) -> set[str]:
    """Return the names of the lists and dictionaries in which a statement sets elements."""
    return {root for target in node.targets if isinstance(target, ast.Subscript) for root in _roots(target)}


def _roots(target: ast.AST) -> Iterator[str]:
    while isinstance(target, (ast.Attribute, ast.Subscript, ast.Starred)):
        target = target.value
    if isinstance(target, ast.Name):
        yield target.id
    for part in target.elts if isinstance(target, (ast.Tuple, ast.List)) else ():
        yield from _roots(part)


def _walrus(node: ast.AST) -> Iterator[ast.NamedExpr]:
    if isinstance(node, (ast.Expr, ast.Assign, ast.If, ast.While, ast.Return)):
        waiting: list[ast.AST] = [getattr(node, "test", None) or getattr(node, "value", None) or ast.Pass()]
        while waiting:
            part = waiting.pop()
            if isinstance(part, ast.NamedExpr):
                yield part
            waiting += _parts(part)


def attributes_set(node: ast.AST) -> set[str]:
    """Return the names of the attributes that a statement sets."""
    if isinstance(node, ast.Expr):
        # A method that changes what an attribute holds.
        method = node.value.func if isinstance(node.value, ast.Call) else None
        targets = [method.value] if isinstance(method, ast.Attribute) and method.attr in _CHANGES else []
    else:
        targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
    found: set[str] = set()
    for target in targets:
        while isinstance(target, ast.Subscript):
            target = target.value
        if isinstance(target, ast.Attribute):
            found.add(target.attr)
    return found


# Methods that put something into what an attribute holds.
_CHANGES = frozenset({"add", "append", "appendleft", "extend", "insert", "put", "setdefault", "update"})


def all_parameters(arguments: ast.arguments) -> list[ast.arg]:
    """Return the parameters of a function, those that collect the rest included."""
    extra = [one for one in (arguments.vararg, arguments.kwarg) if one is not None]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *extra]


def parameter_names(node: ast.AST) -> list[str]:
    """Return the names of the parameters of a function; of anything else, none."""
    return [one.arg for one in all_parameters(node.args)] if isinstance(node, FUNCTIONS) else []


def declared_parameters(node: ast.AST) -> list[str]:
    """Return the parameters of a function whose head says something about them: a type or a default value."""
    if not isinstance(node, FUNCTIONS):
        return []
    arguments = node.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    with_defaults = [*(every[len(arguments.posonlyargs + arguments.args) - len(arguments.defaults) :])]
    return list(dict.fromkeys(one.arg for one in (*(one for one in every if one.annotation), *with_defaults)))


_DEFINITION = r"\b(?:def|class)\s+(\w+)|\b(\w+)\s*=\s*lambda\b"


def defined_in_texts(node: ast.stmt) -> set[str]:
    """Return the names of functions and classes that the texts in a statement define, should they be run."""
    texts: list[str] = []
    waiting = _parts(node)
    while waiting:
        part = waiting.pop()
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            texts.append(part.value)
        waiting += _parts(part)
    return {one or other for text in texts for one, other in re.findall(_DEFINITION, text)}


def declared_outside(scope: ast.AST) -> set[str]:
    """Return the names that a function declares `global` or `nonlocal`."""
    if not isinstance(scope, FUNCTIONS):
        return set()
    declared = [node.names for node, _ in inner_statements(scope) if isinstance(node, (ast.Global, ast.Nonlocal))]
    return {name for names in declared for name in names}


def inner_statements(scope: ast.AST, enter: tuple[type, ...] = ()) -> Iterator[tuple[ast.stmt, Path]]:
    """Yield the statements of a scope with the way from it, and those of the definitions in it that are entered."""
    waiting: list[tuple[ast.AST, Path]] = [(child, ()) for child in children(scope)]
    while waiting:
        node, path = waiting.pop()
        if isinstance(node, ast.stmt):
            yield node, (*path, node)
        bodies = BODIES_OF.get(type(node), ())
        if bodies and (not isinstance(node, DEFINITIONS) or isinstance(node, enter)):
            way = (*path, node)
            waiting += [(child, way) for name in bodies for child in getattr(node, name)]
