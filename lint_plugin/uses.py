"""What becomes of the value of an expression: it is dropped, only looked at, or goes where more may be done with it."""

from __future__ import annotations

import ast

from lint_plugin.parents import Parents

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# The value of these is that of one of their parts.
_PASSING = (ast.IfExp, ast.BoolOp, ast.NamedExpr, ast.Await)
# These drop a value, take something else out of it, or only ask whether there is one.
_ENDING = (ast.Expr, ast.Attribute, ast.Compare, ast.If, ast.While, ast.Assert)


class Uses:
    """Follows values through the names of one file.

    Args:
        parents: which node stands around which.
    """

    def __init__(self, parents: Parents) -> None:
        self._parents = parents
        self._scopes: dict[int, _Scope] = {}

    def lead_on(self, node: ast.expr) -> bool:
        """Tell whether the value may be entered, handed on or kept: by itself, or by a name that it is given."""
        last, names = self._passed(node)
        parent = self._parents.get(last)
        if not isinstance(parent, _ENDING) and not self._is_asked(last, parent):
            bound = self._bound(last, parent)
            if bound is None:
                return True
            names += bound
        return any(self._leads_on(read) for name in names for read in self._reads(name, node))

    def only_return(self, node: ast.expr) -> bool:
        """Tell whether nothing is done with the value but returning it."""
        last, names = self._passed(node)
        parent = self._parents.get(last)
        if isinstance(parent, (ast.Return, ast.Lambda)):
            return True
        names += self._bound(last, parent) or []
        uses = [read for name in names for read in self._reads(name, node) if self._leads_on(read)]
        return bool(uses) and all(isinstance(self._parents.get(read), ast.Return) for read in uses)

    def _leads_on(self, read: ast.expr) -> bool:
        last, _ = self._passed(read)
        parent = self._parents.get(last)
        return not isinstance(parent, _ENDING) and not self._is_asked(last, parent)

    def _passed(self, node: ast.expr) -> tuple[ast.expr, list[str]]:
        """Return the largest expression with the value of this one, and the names that it is given on the way."""
        names = []
        parent = self._parents.get(node)
        while isinstance(parent, _PASSING) and not (isinstance(parent, ast.IfExp) and parent.test is node):
            if isinstance(parent, ast.NamedExpr):
                names.append(parent.target.id)
            node, parent = parent, self._parents.get(parent)
        return node, names

    def _is_asked(self, node: ast.expr, parent: ast.AST | None) -> bool:
        asked = isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not)
        return asked or (isinstance(parent, ast.IfExp) and parent.test is node)

    def _bound(self, node: ast.expr, parent: ast.AST | None) -> list[str] | None:
        """Return the names that are bound to a value and nothing else is, or `None` when it goes elsewhere, too."""
        targets: list[ast.expr] = []
        if isinstance(parent, ast.Tuple):
            place, parent = parent.elts.index(node), self._parents.get(parent)
            whole = parent.targets[0] if isinstance(parent, ast.Assign) and len(parent.targets) == 1 else None
            parts = whole.elts if isinstance(whole, (ast.Tuple, ast.List)) else []
            starred = any(isinstance(part, ast.Starred) for part in parts)
            targets = [] if starred else parts[place : place + 1]
        elif isinstance(parent, ast.Assign):
            targets = parent.targets
        elif isinstance(parent, ast.AnnAssign):
            targets = [parent.target]
        names = [target.id for target in targets if isinstance(target, ast.Name)]
        in_class = parent is not None and isinstance(self._parents.get(parent), ast.ClassDef)
        return names if names and len(names) == len(targets) and not in_class else None

    def _reads(self, name: str, node: ast.AST) -> list[ast.Name]:
        around = self._around(node)
        while isinstance(around, _FUNCTIONS) and name in self._scope(around).declared_outside:
            around = self._around(self._parents.get(around))
        return self._scope(around).reads.get(name, []) if around is not None else []

    def _around(self, node: ast.AST | None) -> ast.AST | None:
        """Return the function or module in which a node stands, which may be the node itself."""
        while node is not None and not isinstance(node, (*_FUNCTIONS, ast.Module)):
            node = self._parents.get(node)
        return node

    def _scope(self, node: ast.AST) -> _Scope:
        # Looked through once, however many spans are started in it.
        found = self._scopes.get(id(node))
        if found is None:
            found = self._scopes[id(node)] = _Scope(node)
        return found


class _Scope:
    """Where a function or module reads its names, and which of them are those of the scopes around it."""

    def __init__(self, node: ast.AST) -> None:
        self.reads: dict[str, list[ast.Name]] = {}
        self.declared_outside: set[str] = set()
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
                self.reads.setdefault(part.id, []).append(part)
            elif isinstance(part, (ast.Global, ast.Nonlocal)):
                self.declared_outside.update(part.names)
