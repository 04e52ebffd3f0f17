"""The attributes that methods of a class set and read through ``self``, each as one variable."""

from __future__ import annotations

import ast

from lint_plugin.codemod.scopes import Bind, Binding, Variable
from lint_plugin.codemod.syntax import Syntax


class ObjectAttributes:
    """The attributes of the classes of one file.

    Args:
        syntax: the file.
    """

    def __init__(self, syntax: Syntax) -> None:
        self._syntax = syntax
        self._variables: dict[tuple[ast.ClassDef, str], Variable] | None = None

    def variable_of(self, node: ast.Attribute) -> Variable | None:
        """Return the variable for ``self.name`` in a method; None for every other attribute."""
        owner = self._owner(node)
        if owner is None:
            return None
        return self._all().get((owner, node.attr))

    def with_objects(self, variable: Variable) -> Variable:
        """Return the variable for a name of a class's body that methods read through ``self``; else the same."""
        owner = variable.scope.node
        return self._all().get((owner, variable.name), variable) if isinstance(owner, ast.ClassDef) else variable

    def _all(self) -> dict[tuple[ast.ClassDef, str], Variable]:
        if self._variables is None:
            self._variables = {}
            for found in self._syntax.all_of(ast.Attribute):
                self._note(found, self._variables)
        return self._variables

    def _owner(self, node: ast.Attribute) -> ast.ClassDef | None:
        """Return the class of which ``self`` in ``self.name`` is an object."""
        variable = self._syntax.scopes.variable_of(node.value)
        only = None if variable is None else variable.only
        if variable is None or only is None or only.how is not Bind.PARAMETER:
            return None
        method = variable.scope.node
        if not isinstance(method, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return None
        if any(isinstance(found, ast.Name) and found.id in _NO_SELF for found in method.decorator_list):
            return None
        owner = self._syntax.parent(method)
        first = [*method.args.posonlyargs, *method.args.args][:1]
        return owner if first == [only.node] and isinstance(owner, ast.ClassDef) else None

    def _note(self, node: ast.Attribute, variables: dict[tuple[ast.ClassDef, str], Variable]) -> None:
        owner = self._owner(node)
        if owner is None:
            return
        scope = self._syntax.scopes.scope_of[owner]
        variable = variables.get((owner, node.attr))
        if variable is None:
            variable = variables[owner, node.attr] = Variable(node.attr, scope)
            in_class = scope.variables.get(node.attr)
            variable.bindings += [] if in_class is None else in_class.bindings
            variable.uses += [] if in_class is None else in_class.uses
        if isinstance(node.ctx, ast.Load):
            variable.uses.append(node)
        else:
            variable.bindings.append(self._binding(node))

    def _binding(self, node: ast.Attribute) -> Binding:
        statement = self._syntax.parent(node)
        if isinstance(statement, ast.AnnAssign):
            return Binding(Bind.DECLARE if statement.value is None else Bind.ASSIGN, node, statement.value)
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            return Binding(Bind.ASSIGN, node, statement.value)
        return Binding(Bind.OTHER, node)


_NO_SELF = ("staticmethod", "classmethod")
