"""What the files of a project do with each other's names: who reads them, who replaces them, who imports tracers."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from lint_plugin import source
from lint_plugin.codemod.names import Others, source_of

_STAR = re.compile(rb"import\s+\*")
_SETTERS = ("setattr", "object", "dict", "delattr")


class _Claim(NamedTuple):
    """A name of a module that matters.

    Args:
        path: the module's file.
        module: the last part of the module's dotted name.
        owner: the class of an attribute; empty for a name of the module.
        name: the name.
        is_tracer: whether it is a tracer.
    """

    path: str
    module: str
    owner: str
    name: str
    is_tracer: bool

    @property
    def key(self) -> str:
        return f"{self.owner}.{self.name}" if self.owner else self.name


class Readers:
    """Collects what the files of a project do with names of others.

    Args:
        touched: the names that are changed or dropped, by the file they belong to; ``Class.name`` for attributes.
        tracers: the names that are tracers, by the file they belong to.
    """

    def __init__(self, touched: Mapping[str, Iterable[str]], tracers: Mapping[str, Iterable[str]]) -> None:
        keys = {path: {*touched.get(path, ()), *tracers.get(path, ())} for path in sorted({*touched, *tracers})}
        self._claims = [
            _claim(path, key, key in tracers.get(path, ())) for path, names in keys.items() for key in sorted(names)
        ]
        words = sorted({claim.name for claim in self._claims})
        self._any_name = re.compile(rb"\b(?:" + b"|".join(re.escape(word.encode()) for word in words) + rb")\b")
        self._read: dict[str, dict[str, str]] = {}
        self._replaced: dict[str, dict[str, str]] = {}
        self._tracers: dict[str, set[str]] = {}

    def look_into(self, path: str, data: bytes, migrated: bytes | None = None) -> None:
        """Look for the names in one file of the project.

        Args:
            path: the file.
            data: its content.
            migrated: what it will hold after the migration, if that is something else.
        """
        words = set(self._any_name.findall(data)) if self._claims else set()
        # A star passes names on without naming them.
        star = _STAR.search(data) is not None
        claims = [claim for claim in self._claims if star or claim.name.encode() in words]
        claims = [claim for claim in claims if claim.path != path]
        if not claims:
            return
        before = _Uses(path, source.read(data).tree)
        after = before if migrated is None else _Uses(path, source.read(migrated).tree)
        for claim in claims:
            self._note(claim, path, after)
            if claim.is_tracer:
                self._tracers.setdefault(path, set()).update(before.surely_imports(claim))

    def _note(self, claim: _Claim, path: str, uses: _Uses) -> None:
        for found, lines in ((self._read, uses.reads(claim)), (self._replaced, uses.replaces(claim))):
            line = next(lines, None)
            if line is not None:
                found.setdefault(claim.path, {}).setdefault(claim.key, f"{path}:{line}")

    def found(self) -> dict[str, Others]:
        """Return what others have to do with each file; files that stand alone are left out."""
        return {
            path: Others(self._read.get(path, {}), self._replaced.get(path, {}), frozenset(self._tracers.get(path, ())))
            for path in sorted({*self._read, *self._replaced, *self._tracers})
        }


def _claim(path: str, key: str, is_tracer: bool) -> _Claim:
    owner, _, name = key.rpartition(".")
    folder, file = os.path.split(os.path.abspath(path))
    stem = file.rpartition(".")[0]
    return _Claim(path, os.path.basename(folder) if stem == "__init__" else stem, owner, name, is_tracer)


class _Uses:
    """The imports, attributes and texts of one file."""

    def __init__(self, path: str, tree: ast.Module) -> None:
        self._folder = os.path.dirname(os.path.abspath(path))
        self._nodes = list(ast.walk(tree))
        self._modules = {
            alias.asname: alias.name.rpartition(".")[2]
            for node in self._nodes
            if isinstance(node, (ast.Import, ast.ImportFrom))
            for alias in node.names
            if alias.asname
        }

    def surely_imports(self, claim: _Claim) -> Iterator[str]:
        """Yield the imports that are proven to take a name from its file, as ``source_of`` writes them."""
        for node in self._nodes:
            if isinstance(node, ast.ImportFrom) and self._names_file(node, claim.path):
                yield from (source_of(alias, node) for alias in node.names if alias.name == claim.name)

    def _names_file(self, node: ast.ImportFrom, path: str) -> bool:
        parts = node.module.split(".") if node.module else []
        endings = (os.path.join(*parts, "__init__.py") if parts else "__init__.py", os.path.join("", *parts) + ".py")
        absolute = os.path.abspath(path)
        if node.level:
            folder = self._folder
            for _ in range(node.level - 1):
                folder = os.path.dirname(folder)
            return any(absolute == os.path.join(folder, ending) for ending in endings)
        return any(absolute.endswith(os.sep + ending) for ending in endings)

    def reads(self, claim: _Claim) -> Iterator[int]:
        """Yield the lines in which a name is imported or read."""
        for node in self._nodes:
            imported = isinstance(node, ast.ImportFrom) and not claim.owner and self._imports(node, claim)
            if imported or (isinstance(node, ast.Attribute) and self._is_of(node, claim, ast.Load)):
                yield _line(node)

    def replaces(self, claim: _Claim) -> Iterator[int]:
        """Yield the lines in which a name gets another value: an assignment, a text for ``mock.patch``."""
        dotted = re.compile(rf"(?:^|\.){re.escape(claim.owner or claim.module)}\.{re.escape(claim.name)}(?:$|\.)")
        for node in self._nodes:
            text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
            assigned = isinstance(node, ast.Attribute) and self._is_of(node, claim, ast.Store, ast.Del)
            if assigned or dotted.search(text) or (isinstance(node, ast.Call) and self._sets(node, claim)):
                yield _line(node)

    def _imports(self, node: ast.ImportFrom, claim: _Claim) -> bool:
        names = {alias.name for alias in node.names}
        if claim.name not in names and not ("*" in names and not claim.name.startswith("_")):
            return False
        # The last part of the module's name is enough: better one name too many is kept than one too few.
        return node.module.rpartition(".")[2] == claim.module if node.module else self._names_file(node, claim.path)

    def _is_of(self, node: ast.Attribute, claim: _Claim, *ways: type[ast.expr_context]) -> bool:
        """Tell whether an attribute may be the name: of the module, or of any object where the class is known."""
        if node.attr != claim.name or not isinstance(node.ctx, ways):
            return False
        return self._knows(claim.owner) if claim.owner else self._is_module(node.value, claim.module)

    def _is_module(self, node: ast.expr, module: str) -> bool:
        word = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        return word == module or self._modules.get(word) == module

    def _knows(self, owner: str) -> bool:
        return any(
            (isinstance(node, ast.Name) and node.id == owner)
            or (isinstance(node, ast.Attribute) and node.attr == owner)
            or (isinstance(node, ast.alias) and node.name == owner)
            for node in self._nodes
        )

    def _sets(self, call: ast.Call, claim: _Claim) -> bool:
        """Tell whether a call is ``setattr(module, "name", ...)`` or ``patch.object(module, "name")``."""
        word = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if word not in _SETTERS or len(call.args) < 2 or not isinstance(call.args[1], ast.Constant):
            return False
        if call.args[1].value != claim.name:
            return False
        return self._knows(claim.owner) if claim.owner else self._is_module(call.args[0], claim.module)


def _line(node: ast.AST) -> int:
    line: int = getattr(node, "lineno", 1)
    return line
