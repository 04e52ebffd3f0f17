"""Tells what a name was made by, as far as the assignments of one file say: ``pool = ThreadPoolExecutor()``."""

from __future__ import annotations

import ast

from lint_plugin.dataflow.annotations import dotted
from lint_plugin.dataflow.values import Reference
from lint_plugin.module import Module


class Origins:
    """What the names of a file were made by.

    Args:
        module: the file.
    """

    def __init__(self, module: Module) -> None:
        self._names = module.run.module.names
        self._made: dict[str, list[str]] = {}
        self._calls: dict[str, list[ast.expr]] = {}
        self._functions: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = {}
        for node in ast.walk(module.tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self._functions[node.name] = node
            elif isinstance(node, ast.ClassDef):
                self._note_members(node)
            elif isinstance(node, ast.arg) and node.annotation is not None:
                self._note(node.arg, self._declared(node.annotation))
            for target, value in _bindings(node):
                name = dotted(target)
                if name is not None:
                    self._note(name, self._maker(value))
                    self._calls.setdefault(name, []).append(value)

    def _note(self, name: str, maker: str) -> None:
        self._made.setdefault(name, []).append(maker)

    def _note_members(self, node: ast.ClassDef) -> None:
        """Note what the names in the body of a class are, which its methods reach by the object."""
        for statement in node.body:
            pairs = [(target, self._maker(value)) for target, value in _bindings(statement)]
            if isinstance(statement, ast.AnnAssign) and statement.value is None:
                pairs = [(statement.target, self._declared(statement.annotation))]
            for target, maker in pairs:
                if isinstance(target, ast.Name):
                    self._note(f"self.{target.id}", maker)
                    self._note(f"cls.{target.id}", maker)

    def _declared(self, annotation: ast.expr) -> str:
        """Return the type that a parameter is declared to have; of ``Type | None`` the first part."""
        if isinstance(annotation, ast.BinOp):
            return self._declared(annotation.left)
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            return annotation.value.partition("|")[0].strip()
        return self.path(annotation)

    def path(self, node: ast.expr) -> str:
        """Return where a chain of names leads: ``threading.Thread``; as it is written, when nothing is known of it."""
        name = dotted(node)
        if name is None:
            return ""
        root, dot, rest = name.partition(".")
        origin = self._names.get(root)
        return f"{origin.path}{dot}{rest}" if isinstance(origin, Reference) else name if origin is None else ""

    def calls(self, node: ast.Name) -> list[ast.expr]:
        """Return the values that a name is bound to."""
        return self._calls.get(node.id, [])

    def function(self, node: ast.AST) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        """Return the function of the file that a name stands for."""
        return self._functions.get(node.id) if isinstance(node, ast.Name) else None

    def are(self, node: ast.expr, *makers: str) -> bool:
        """Tell whether an expression was made by one of these functions, whole names or the last parts of them."""
        made = self.made_by(node)
        return bool(made) and all(one in makers or one.rpartition(".")[2] in makers for one in made)

    def made_by(self, node: ast.expr) -> list[str]:
        """Return the functions whose results an expression may be; none when that is not known."""
        if isinstance(node, ast.Call):
            return [self._maker(node)]
        name = dotted(node)
        return self._made.get(name, []) if name is not None else []

    def _maker(self, value: ast.expr) -> str:
        if not isinstance(value, ast.Call):
            return ""
        name = self.path(value.func)
        return name or (value.func.attr if isinstance(value.func, ast.Attribute) else "")


def _bindings(node: ast.AST) -> list[tuple[ast.expr, ast.expr]]:
    if isinstance(node, ast.Assign):
        return [(target, node.value) for target in node.targets]
    if isinstance(node, (ast.With, ast.AsyncWith)):
        return [(item.optional_vars, item.context_expr) for item in node.items if item.optional_vars is not None]
    if isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
        return [(node.target, node.value)]
    return []
