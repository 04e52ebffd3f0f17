"""Where the names of a file come from, and who else uses them."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from lint_plugin.codemod.opentelemetry_api import SEALED, canonical
from lint_plugin.codemod.scopes import Bind, Binding, Variable
from lint_plugin.codemod.syntax import Syntax
from lint_plugin.finding import Finding
from lint_plugin.settings import Settings
from lint_plugin.suppressions import suppressions, without_suppressed


class Others(NamedTuple):
    """What other files have to do with one.

    Args:
        read: names of the file that they import or read, with the place of one of them.
        replaced: names to which they give another value, as tests do, with the place of one of them.
        tracers: imported names that are tracers in the file they come from, each as ``..module:name``.
    """

    read: Mapping[str, str]
    replaced: Mapping[str, str]
    tracers: frozenset[str] = frozenset()


NOBODY = Others({}, {})


class Names(Syntax):
    """The names of one file.

    Args:
        text: the file.
        settings: what holds for it.
        others: what other files have to do with it.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: as ``ast.parse``.
    """

    def __init__(self, text: str, settings: Settings | None = None, others: Others = NOBODY) -> None:
        super().__init__(text)
        self.settings = settings or Settings()
        self.others = others
        self._imported: dict[Variable, str] = {}
        self._doubts: dict[Variable, str] = {}

    def key(self, variable: Variable) -> str:
        """Return the name under which other files can reach a variable; empty when they cannot."""
        if variable.scope is self.scopes.module:
            return variable.name
        return f"{variable.scope.node.name}.{variable.name}" if isinstance(variable.scope.node, ast.ClassDef) else ""

    def wanted_by(self, variable: Variable) -> str:
        """Return where another file uses a variable, or that this one exports it; empty when nobody else does."""
        if variable.scope is self.scopes.module and variable.name in self.exported:
            return "__all__"
        return self.others.read.get(self.key(variable), "")

    @cached_property
    def exported(self) -> frozenset[str]:
        """The names in ``__all__``."""
        lists = [
            node.value for node in self.nodes
            if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign)) and node.value is not None
            and any(isinstance(target, ast.Name) and target.id == "__all__"
                    for target in (node.targets if isinstance(node, ast.Assign) else [node.target]))
        ]  # fmt: skip
        return frozenset(
            found.value
            for value in lists
            for found in ast.walk(value)
            if isinstance(found, ast.Constant) and isinstance(found.value, str)
        )

    @cached_property
    def _excused(self) -> frozenset[ast.AST]:
        """The imports of OpenTelemetry that a comment excuses, so that they are meant to stay."""
        imports = [node for node in self.nodes if isinstance(node, (ast.Import, ast.ImportFrom))]
        sealed = [node for node in imports if SEALED in ast.unparse(node)] if "noqa" in self.text.lower() else []
        findings = {Finding("", node.lineno, node.col_offset + 1, "TRF101", ""): node for node in sealed}
        return frozenset(sealed) - {findings[found] for found in without_suppressed(findings, suppressions(self.lines))}

    # Origins

    def origin(self, node: ast.AST) -> str:
        """Return the dotted name under which a name or attribute was imported; empty when that cannot be proven."""
        if isinstance(node, ast.Attribute):
            base = self.origin(node.value)
            return canonical(f"{base}.{node.attr}") if base else ""
        variable = self.scopes.variable_of(node)
        if variable is None or not self.imported(variable) or self.doubt(variable):
            return ""
        return self.imported(variable)

    def imported(self, variable: Variable) -> str:
        """Return the dotted name for which an import binds a variable; empty when no import does."""
        if variable not in self._imported:
            names = {self._imported_by(binding) for binding in variable.bindings if self._is_ours(binding)} - {""}
            self._imported[variable] = min(names) if names else ""
        return self._imported[variable]

    def _is_ours(self, binding: Binding) -> bool:
        return binding.how is Bind.IMPORT and self._parents.get(binding.node) not in self._excused

    def _imported_by(self, binding: Binding) -> str:
        alias = binding.node
        statement = self._parents.get(alias)
        if not isinstance(alias, ast.alias):
            return ""
        if isinstance(statement, ast.ImportFrom):
            return "" if statement.level else canonical(f"{statement.module}.{alias.name}")
        return alias.name if alias.asname else alias.name.partition(".")[0]

    def doubt(self, variable: Variable) -> str:
        """Return why a variable may hold something else than its import says; empty when it cannot."""
        if variable not in self._doubts:
            self._doubts[variable] = self._doubt(variable)
        return self._doubts[variable]

    def _doubt(self, variable: Variable) -> str:
        place = self.others.replaced.get(self.key(variable))
        if place:
            return f"{place} gives {variable.name} another value"
        imports = {self._imported_by(binding) for binding in variable.bindings}
        if len(imports) != 1:
            lines = sorted({self.line(binding.node) for binding in variable.bindings})
            return f"{variable.name} is bound in more than one place, lines {', '.join(map(str, lines))}"
        for binding in variable.bindings:
            trouble = self.conditional(binding.node)
            if trouble:
                return trouble
        return ""

    def conditional(self, node: ast.AST) -> str:
        """Return why an import may not take place, or fail; empty when neither can be."""
        inner = node
        for above in self.ancestors(node):
            if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                return ""
            if isinstance(above, ast.If) and not (is_type_checking(above.test) and inner in above.body):
                return f"it is imported under a condition, in line {self.line(node)}"
            if isinstance(above, ast.Try) or type(above).__name__ == "TryStar":
                return f"its import in line {self.line(node)} may fail, and what happens then a person knows"
            if isinstance(above, (ast.For, ast.AsyncFor, ast.While, ast.Match)):
                return f"it is imported under a condition, in line {self.line(node)}"
            inner = above
        return ""

    def is_import(self, binding: Binding) -> bool:
        """Tell whether a binding is an import of OpenTelemetry that is not excused."""
        return self._imported_by(binding).partition(".")[0] == SEALED and self._is_ours(binding)

    def is_sealed(self, name: str) -> bool:
        """Tell whether a dotted name is a part of OpenTelemetry that this file may not use."""
        return name.partition(".")[0] == SEALED and self.settings.seals(name)


def source_of(alias: ast.alias, statement: ast.ImportFrom) -> str:
    """Return from where an import takes a name: ``..module:name``."""
    return f"{'.' * statement.level}{statement.module or ''}:{alias.name}"


def is_type_checking(test: ast.expr) -> bool:
    """Tell whether this is the condition ``TYPE_CHECKING``."""
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )
