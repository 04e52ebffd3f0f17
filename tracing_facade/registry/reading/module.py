"""One parsed file: which name is bound to what."""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from tracing_facade.registry.reading.places import Place, Refusal, Refused


class Imported(NamedTuple):
    """A name that stands for a module, or for a name in it."""

    module: str
    name: str
    """Empty for the module itself."""


class Bound(NamedTuple):
    """A name that stands for the value of an expression."""

    value: ast.expr


class Unclear(NamedTuple):
    """A name whose value only running the program could tell."""

    why: str


Binding = Imported | Bound | Unclear
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler, ast.MatchAs, ast.MatchStar)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass
class ParsedModule:
    """A file as a syntax tree.

    Args:
        path: as it is shown.
        tree: its syntax.
        lines: its text.
        bindings: the names of the module.
        stars: the modules of which it imports everything.
    """

    path: str
    tree: ast.Module
    lines: list[str]
    bindings: dict[str, Binding] = field(default_factory=dict)
    stars: list[tuple[str, ast.ImportFrom]] = field(default_factory=list)

    def place(self, node: ast.expr | ast.stmt | ast.keyword) -> Place:
        """Return where a node begins."""
        text = self.lines[node.lineno - 1] if node.lineno <= len(self.lines) else ""
        before = text.encode("utf-8", "replace")[: node.col_offset].decode("utf-8", "ignore")
        return Place(self.path, node.lineno, len(before) + 1)


def parse(path: str, data: bytes) -> ParsedModule:
    """Return a file's syntax with its names.

    Raises:
        Refused: it is not Python.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(data)
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        lines = io.TextIOWrapper(io.BytesIO(data), encoding, newline=None).read().split("\n")
    except SyntaxError as error:
        place = Place(path, error.lineno or 1, max(error.offset or 1, 1))
        raise Refused([Refusal(place, f"is not Python: {error.msg}; mend the file")]) from error
    except (ValueError, LookupError, RecursionError, MemoryError) as error:
        message = f"cannot be parsed: {str(error) or 'it is nested too deeply'}; mend the file"
        raise Refused([Refusal(Place(path, 1, 1), message)]) from error
    module = ParsedModule(path, tree, lines)
    _bind_all(module)
    return module


def _bind_all(module: ParsedModule) -> None:
    for statement in module.tree.body:
        for name, binding in _bindings(statement, module):
            _bind(module, name, binding, statement)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Global):
            for name in node.names:
                module.bindings[name] = Unclear(f"is changed by a function (line {node.lineno}); bind it once")


def _bind(module: ParsedModule, name: str, binding: Binding, statement: ast.stmt) -> None:
    if module.bindings.get(name, binding) != binding:
        binding = Unclear(f"is bound more than once in this file (line {statement.lineno}); bind it once")
    module.bindings[name] = binding


def _bindings(statement: ast.stmt, module: ParsedModule) -> Iterator[tuple[str, Binding]]:
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        yield from _imports(statement, module)
    elif isinstance(statement, ast.Assign) and all(isinstance(target, ast.Name) for target in statement.targets):
        yield from ((target.id, Bound(statement.value)) for target in statement.targets if isinstance(target, ast.Name))
    elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        if statement.value is not None:
            yield statement.target.id, Bound(statement.value)
    else:
        yield from _nested(statement, module)


def _nested(statement: ast.stmt, module: ParsedModule) -> Iterator[tuple[str, Binding]]:
    """Yield what a statement binds that is more than an assignment."""
    why = f"is bound by a statement that must be run (line {statement.lineno}); assign a literal at the top of the file"
    for node in _same_scope(statement):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from _imports(node, module)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
            yield node.id, Unclear(why)
        elif isinstance(node, _NAMED) and node.name:
            yield node.name, Unclear(why)


def _same_scope(statement: ast.stmt) -> Iterator[ast.AST]:
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (*_SCOPES, *_COMPREHENSIONS)):
            waiting += reversed(list(ast.iter_child_nodes(node)))


def _imports(statement: ast.Import | ast.ImportFrom, module: ParsedModule) -> Iterator[tuple[str, Binding]]:
    if isinstance(statement, ast.Import):
        for alias in statement.names:
            bound = alias.asname or alias.name.partition(".")[0]
            yield bound, Imported(alias.name if alias.asname else bound, "")
        return
    source = "." * statement.level + (statement.module or "")
    for alias in statement.names:
        if alias.name == "*":
            module.stars.append((source, statement))
        else:
            yield alias.asname or alias.name, Imported(source, alias.name)
