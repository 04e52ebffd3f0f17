"""Which use of a name means which variable, by Python's own rules (Language Reference, 4.2 Naming and binding)."""

from __future__ import annotations

import ast
import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple


class Bind(enum.Enum):
    """How a name is bound."""

    ASSIGN = enum.auto()
    DECLARE = enum.auto()
    """An annotation without a value."""
    WITH = enum.auto()
    IMPORT = enum.auto()
    PARAMETER = enum.auto()
    FUNCTION = enum.auto()
    CLASS = enum.auto()
    OTHER = enum.auto()
    """By a loop, an ``except``, a pattern, ``del``, an augmented or unpacking assignment."""


class Binding(NamedTuple):
    """One place where a variable gets a value.

    Args:
        how: the kind of statement.
        node: the name, alias, parameter or definition.
        value: what is assigned, or entered by ``with``, where that is one expression.
    """

    how: Bind
    node: ast.AST
    value: ast.expr | None = None


@dataclass(eq=False)
class Variable:
    """One variable of one scope, or one attribute of the objects of one class."""

    name: str
    scope: Scope
    bindings: list[Binding] = field(default_factory=list)
    uses: list[ast.expr] = field(default_factory=list)
    """Every expression that reads it, in the order of the file; those in quoted annotations too."""

    @property
    def only(self) -> Binding | None:
        """Return its binding when it has exactly one."""
        return self.bindings[0] if len(self.bindings) == 1 else None


@dataclass(eq=False)
class Scope:
    """A module, class, function or comprehension with the names that it binds."""

    node: ast.AST
    parent: Scope | None
    variables: dict[str, Variable] = field(default_factory=dict)
    elsewhere: dict[str, Scope] = field(default_factory=dict)
    """Names that ``global`` and ``nonlocal`` bind in another scope."""
    further: list[Variable] = field(default_factory=list)
    """Variables that share their name with another one of this scope, each for another block."""

    @property
    def is_class(self) -> bool:
        """Whether it is the body of a class, whose names its functions do not see."""
        return isinstance(self.node, ast.ClassDef)

    def variable(self, name: str) -> Variable:
        """Return the variable that binding this name here binds; made when there is none yet."""
        home = self.elsewhere.get(name, self)
        return home.variables.setdefault(name, Variable(name, home))

    def find(self, name: str) -> Variable | None:
        """Return the variable that reading this name here reads; None for builtins and unknown names."""
        if name in self.elsewhere:
            return self.elsewhere[name].variables.get(name)
        if name in self.variables:
            return self.variables[name]
        above = self.parent
        while above is not None and above.is_class:
            above = above.parent
        return None if above is None else above.find(name)


class Scopes:
    """The scopes of one file.

    Args:
        tree: the file.
    """

    def __init__(self, tree: ast.Module) -> None:
        self.module = Scope(tree, None)
        self.scope_of: dict[ast.AST, Scope] = {tree: self.module}
        """The scope that a module, class, function or comprehension opens."""
        self.quoted: dict[ast.AST, ast.Constant] = {}
        """The string in which a node of a quoted annotation stands."""
        self.unquoted: dict[ast.AST, ast.expr] = {}
        """The annotation that a string holds."""
        self.block_of: dict[ast.AST, ast.With | ast.AsyncWith] = {}
        """The statement by which a name after ``as`` is bound."""
        self._variable_of: dict[ast.AST, Variable] = {}
        collector = _Collector(self)
        collector.visit_all(tree.body)
        for use, scope in collector.uses:
            variable = scope.find(use.id)
            if variable is not None:
                variable.uses.append(use)
                self._variable_of[use] = variable
        for scope in list(self.scope_of.values()):
            for variable in list(scope.variables.values()):
                self._split(variable)

    def _split(self, variable: Variable) -> None:
        """Make several variables of one that ``with`` statements bind, each for its own block and only there."""
        if len(variable.bindings) < 2 or any(binding.how is not Bind.WITH for binding in variable.bindings):
            return
        bodies = [set(own_nodes(self.block_of[binding.node].body)) for binding in variable.bindings]
        if any(self.block_of[binding.node] in body for binding in variable.bindings for body in bodies):
            return
        owners = {use: [number for number, body in enumerate(bodies) if use in body] for use in variable.uses}
        if any(len(found) != 1 for found in owners.values()):
            return
        parts = [variable] + [Variable(variable.name, variable.scope) for _ in bodies[1:]]
        variable.scope.further += parts[1:]
        bindings, uses = variable.bindings, variable.uses
        for number, part in enumerate(parts):
            part.bindings = [bindings[number]]
            part.uses = [use for use in uses if owners[use] == [number]]
            self._variable_of.update(dict.fromkeys([bindings[number].node, *part.uses], part))

    def variable_of(self, node: ast.AST) -> Variable | None:
        """Return the variable that a name reads or that a target binds."""
        return self._variable_of.get(node)

    def bind(self, scope: Scope, name: str, binding: Binding) -> None:
        """Note that a statement in this scope binds the name."""
        variable = scope.variable(name)
        variable.bindings.append(binding)
        self._variable_of[binding.node] = variable

    def all_variables(self) -> Iterator[Variable]:
        """Yield every variable of every scope."""
        for scope in {id(scope): scope for scope in self.scope_of.values()}.values():
            yield from scope.variables.values()
            yield from scope.further


class _Collector(ast.NodeVisitor):
    def __init__(self, scopes: Scopes) -> None:
        self._scopes = scopes
        self._scope = scopes.module
        self._quoted_in: ast.Constant | None = None
        self.uses: list[tuple[ast.Name, Scope]] = []

    def visit_all(self, nodes: Iterable[ast.AST | None]) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def visit(self, node: ast.AST) -> None:
        if self._quoted_in is not None:
            self._scopes.quoted[node] = self._quoted_in
        super().visit(node)

    def _bind(self, how: Bind, name: str, node: ast.AST, value: ast.expr | None = None) -> None:
        self._scopes.bind(self._scope, name, Binding(how, node, value))

    # Names

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.uses.append((node, self._scope))
        else:
            self._bind(Bind.OTHER, node.id, node)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            if isinstance(target, ast.Name) and len(node.targets) == 1:
                self._bind(Bind.ASSIGN, target.id, target, node.value)
            else:
                self.visit(target)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._visit_annotation(node.annotation)
        if node.value is not None:
            self.visit(node.value)
        if isinstance(node.target, ast.Name):
            self._bind(Bind.ASSIGN if node.value else Bind.DECLARE, node.target.id, node.target, node.value)
        else:
            self.visit(node.target)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.uses.append((node.target, self._scope))
        self.generic_visit(node)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        here, scope = self._scope, self._scope
        while isinstance(scope.node, _COMPREHENSIONS) and scope.parent is not None:
            scope = scope.parent
        self._scope = scope
        self._bind(Bind.ASSIGN, node.target.id, node.target, node.value)
        self._scope = here

    def _visit_with(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            self.visit(item.context_expr)
            if isinstance(item.optional_vars, ast.Name):
                self._scopes.block_of[item.optional_vars] = node
                self._bind(Bind.WITH, item.optional_vars.id, item.optional_vars, item.context_expr)
            elif item.optional_vars is not None:
                self.visit(item.optional_vars)
        self.visit_all(node.body)

    visit_With = visit_AsyncWith = _visit_with

    def _visit_import(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name != "*":
                shown = alias.name if isinstance(node, ast.ImportFrom) else alias.name.partition(".")[0]
                self._bind(Bind.IMPORT, alias.asname or shown, alias)

    visit_Import = visit_ImportFrom = _visit_import

    def visit_Global(self, node: ast.Global) -> None:
        self._scope.elsewhere.update(dict.fromkeys(node.names, self._scopes.module))

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        for name in node.names:
            above = self._scope.parent
            while above is not None and (above.is_class or not _binds(above, name)):
                above = above.parent
            self._scope.elsewhere[name] = above or self._scopes.module

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name is not None:
            self._bind(Bind.OTHER, node.name, node)
        self.generic_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        if node.name is not None:
            self._bind(Bind.OTHER, node.name, node)
        self.generic_visit(node)

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        if node.name is not None:
            self._bind(Bind.OTHER, node.name, node)

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        if node.rest is not None:
            self._bind(Bind.OTHER, node.rest, node)
        self.generic_visit(node)

    # Scopes

    def _visit_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._bind(Bind.FUNCTION, node.name, node)
        self.visit_all(node.decorator_list)
        self._visit_parameters_outside(node.args)
        if node.returns is not None:
            self._visit_annotation(node.returns)
        self._inside(node, node.args, node.body)

    visit_FunctionDef = visit_AsyncFunctionDef = _visit_function

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._visit_parameters_outside(node.args)
        self._inside(node, node.args, [node.body])

    def _visit_parameters_outside(self, parameters: ast.arguments) -> None:
        self.visit_all([*parameters.defaults, *parameters.kw_defaults])
        for parameter in all_parameters(parameters):
            if parameter.annotation is not None:
                self._visit_annotation(parameter.annotation)

    def _inside(self, node: ast.AST, parameters: ast.arguments, body: Iterable[ast.AST]) -> None:
        outside = self._open(node)
        self._bind_type_parameters(node)
        for parameter in all_parameters(parameters):
            self._bind(Bind.PARAMETER, parameter.arg, parameter)
        # `global` and `nonlocal` may come after a use of the name in another branch, but count for the whole body.
        for found in own_nodes(body):
            if isinstance(found, (ast.Global, ast.Nonlocal)):
                self.visit(found)
        self.visit_all(body)
        self._scope = outside

    def _bind_type_parameters(self, node: ast.AST) -> None:
        for parameter in getattr(node, "type_params", ()):
            self._bind(Bind.OTHER, parameter.name, parameter)
            self.generic_visit(parameter)

    def _open(self, node: ast.AST) -> Scope:
        outside = self._scope
        self._scope = self._scopes.scope_of[node] = Scope(node, outside)
        return outside

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._bind(Bind.CLASS, node.name, node)
        self.visit_all([*node.decorator_list, *node.bases, *node.keywords])
        outside = self._open(node)
        self._bind_type_parameters(node)
        self.visit_all(node.body)
        self._scope = outside

    def _visit_comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> None:
        self.visit(node.generators[0].iter)
        outside = self._open(node)
        for number, generator in enumerate(node.generators):
            self.visit(generator.target)
            self.visit_all([generator.iter] if number else [])
            self.visit_all(generator.ifs)
        self.visit_all([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt])
        self._scope = outside

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _visit_comprehension

    # Annotations

    def _visit_annotation(self, node: ast.expr) -> None:
        """Visit an annotation; strings in it are annotations too, except those of ``Literal`` and ``Annotated``."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            self._visit_quoted(node, node.value)
        elif isinstance(node, ast.Subscript):
            self.visit(node.value)
            if _last_word(node.value) in ("Literal", "Annotated"):
                self.visit(node.slice)
            else:
                self._visit_annotation(node.slice)
        elif isinstance(node, (ast.Tuple, ast.List)):
            for element in node.elts:
                self._visit_annotation(element)
        elif isinstance(node, ast.BinOp):
            self._visit_annotation(node.left)
            self._visit_annotation(node.right)
        else:
            self.visit(node)

    def _visit_quoted(self, node: ast.Constant, text: str) -> None:
        try:
            inner = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return
        if self._quoted_in is None:
            self._quoted_in = node
            self._scopes.unquoted[node] = inner
            self._visit_annotation(inner)
            self._quoted_in = None


_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, *_COMPREHENSIONS)


def all_parameters(parameters: ast.arguments) -> list[ast.arg]:
    """Return every parameter of a function, ``*args`` and ``**kwargs`` too."""
    stars = [found for found in (parameters.vararg, parameters.kwarg) if found is not None]
    return [*parameters.posonlyargs, *parameters.args, *parameters.kwonlyargs, *stars]


def own_nodes(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield statements with everything in them, except what is in a function, class or comprehension of its own."""
    for node in body:
        yield node
        if not isinstance(node, _SCOPES):
            yield from own_nodes(ast.iter_child_nodes(node))


def _binds(scope: Scope, name: str) -> bool:
    """Tell whether a function binds a name, in a statement that may not have been visited yet."""
    if name in scope.variables:
        return True
    found = own_nodes(ast.iter_child_nodes(scope.node))
    return any(isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store) for node in found)


def _last_word(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
