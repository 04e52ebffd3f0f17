"""One file as the idioms see it: its syntax tree, where its names come from, and what types its values have."""

from __future__ import annotations

import ast

from lint_plugin.codemod.names import NOBODY, Names, Others, source_of
from lint_plugin.codemod.object_attributes import ObjectAttributes
from lint_plugin.codemod.opentelemetry_api import GET_TRACER, PARAMETERS, RESULTS, SPAN, STARTED, TRACER
from lint_plugin.codemod.scopes import Bind, Binding, Variable, own_nodes
from lint_plugin.settings import Settings


class Facts(Names):
    """What is known of one file; see ``Names``."""

    def __init__(self, text: str, settings: Settings | None = None, others: Others = NOBODY) -> None:
        super().__init__(text, settings, others)
        self._types: dict[Variable, str] = {}
        self._returned: dict[Variable, str] = {}
        self._attributes = ObjectAttributes(self)

    def target(self, call: ast.Call) -> str:
        """Return the dotted name of what is called; of a method its class's, when the type of the object is proven."""
        owner = self.type_of(call.func.value) if isinstance(call.func, ast.Attribute) else ""
        return f"{owner}.{call.func.attr}" if owner and isinstance(call.func, ast.Attribute) else self.origin(call.func)

    def type_of(self, node: ast.expr) -> str:
        """Return the dotted name of the type of an expression; empty when it is not one that the idioms know."""
        if isinstance(node, ast.Call):
            return self._result_of(node)
        if isinstance(node, ast.NamedExpr):
            return self.type_of(node.value)
        variable = self.variable(node)
        return "" if variable is None else self.type_of_variable(variable)

    def _result_of(self, call: ast.Call) -> str:
        target = self.target(call)
        if not target:
            return self._returned_by(call)
        if not self.is_sealed(target):
            return ""
        if target == GET_TRACER and not _uses_global_provider(call):
            return ""
        return RESULTS.get(target, "")

    def _returned_by(self, call: ast.Call) -> str:
        """Return the type of what a function of this file returns, when that is always a tracer."""
        variable = self.scopes.variable_of(call.func)
        only = None if variable is None else variable.only
        function = None if only is None else only.node
        if variable is None or not isinstance(function, ast.FunctionDef) or function.decorator_list:
            return ""
        if self.key(variable) in self.others.replaced:
            return ""
        nodes = list(own_nodes(function.body))
        returned = [node.value for node in nodes if isinstance(node, ast.Return)]
        if not returned or any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in nodes):
            return ""
        if variable not in self._returned:
            self._returned[variable] = ""  # for functions that call themselves
            types = {"" if value is None else self.type_of(value) for value in returned}
            self._returned[variable] = TRACER if types == {TRACER} and _always_returns(function.body) else ""
        return self._returned[variable]

    def variable(self, node: ast.AST) -> Variable | None:
        """Return the variable that a name, or ``self.name`` in a method, stands for."""
        if isinstance(node, ast.Attribute):
            return self._attributes.variable_of(node)
        variable = self.scopes.variable_of(node)
        return None if variable is None else self._attributes.with_objects(variable)

    def type_of_variable(self, variable: Variable) -> str:
        """Return the type of a variable: that of a tracer when it is never anything else, of a span when it may be."""
        if variable not in self._types:
            self._types[variable] = ""  # for variables that are assigned to each other in a circle
            self._types[variable] = self._type_of_bindings(variable)
        return self._types[variable]

    def declare_span(self, variable: Variable) -> None:
        """Note that a parameter without annotation holds spans."""
        self._types[variable] = SPAN

    def _type_of_bindings(self, variable: Variable) -> str:
        found = {self._type_bound(binding) for binding in variable.bindings if binding.how is not Bind.DECLARE}
        if SPAN in found:
            return SPAN
        if len(found) != 1 or self.key(variable) in self.others.replaced:
            return ""
        return found.pop()

    def _type_bound(self, binding: Binding) -> str:
        if binding.how is Bind.ASSIGN and binding.value is not None:
            return self.type_of(binding.value)
        if binding.how is Bind.WITH and binding.value is not None:
            return SPAN if self.type_of(binding.value) == STARTED else ""
        if binding.how is Bind.PARAMETER and isinstance(binding.node, ast.arg):
            return SPAN if self.span_annotations(binding.node.annotation) else ""
        return TRACER if self.is_foreign_tracer(binding) else ""

    def is_foreign_tracer(self, binding: Binding) -> bool:
        """Tell whether a binding imports a tracer from another file of the project."""
        statement = self.parent(binding.node)
        if not isinstance(binding.node, ast.alias) or not isinstance(statement, ast.ImportFrom):
            return False
        return source_of(binding.node, statement) in self.others.tracers and not self.conditional(binding.node)

    def tracers(self) -> frozenset[str]:
        """Return the names of the module that are tracers."""
        found = self.scopes.module.variables.values()
        return frozenset(variable.name for variable in found if self.type_of_variable(variable) == TRACER)

    def span_annotations(self, annotation: ast.expr | None) -> list[ast.expr]:
        """Return what names OpenTelemetry's ``Span`` in an annotation that allows nothing else but None."""
        node = self.unquoted(annotation)
        if node is None:
            return []
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            parts = [part for part in (node.left, node.right) if not _is_none(part)]
            return self.span_annotations(parts[0]) if len(parts) == 1 else []
        if isinstance(node, ast.Subscript) and self.origin(node.value) in ("typing.Optional",):
            return self.span_annotations(node.slice)
        return [node] if self.origin(node) == SPAN and self.is_sealed(SPAN) else []

    def unquoted(self, annotation: ast.expr | None) -> ast.expr | None:
        """Return the expression in a quoted annotation; other annotations as they are."""
        return self.scopes.unquoted.get(annotation) if isinstance(annotation, ast.Constant) else annotation


def _always_returns(body: list[ast.stmt]) -> bool:
    return isinstance(body[-1], (ast.Return, ast.Raise))


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _uses_global_provider(call: ast.Call) -> bool:
    given = dict(zip(PARAMETERS[GET_TRACER], call.args, strict=False))
    given.update({keyword.arg: keyword.value for keyword in call.keywords if keyword.arg})
    starred = any(isinstance(argument, ast.Starred) for argument in call.args)
    starred = starred or any(keyword.arg is None for keyword in call.keywords)
    provider = given.get("tracer_provider")
    return not starred and (provider is None or _is_none(provider))
