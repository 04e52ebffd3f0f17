"""Evaluates the literals of a declaration: what they stand for, or why only running the program could tell."""

from __future__ import annotations

import ast
import builtins
import types
from collections.abc import Callable
from typing import Any

from tracing_facade.registry.kinds import SpanKind
from tracing_facade.registry.reading.module import Bound, Imported, ParsedModule, Unclear
from tracing_facade.registry.reading.names import Modules
from tracing_facade.registry.reading.places import Refusal, Refused
from tracing_facade.stability import Stability

# All of them, so that a type that no attribute can have is refused in the words of the run time.
_TYPES: dict[str, Any] = {name: value for name, value in vars(builtins).items() if isinstance(value, type)}
_ENUMS: dict[str, Any] = {"Stability": Stability, "SpanKind": SpanKind}
_ADVICE = "declarations are read without running them, so write the value itself, or a constant of this file"
# Constants that are made of constants could otherwise grow without bound.
_MOST_ITEMS = 10_000
_MOST_CHARACTERS = 100_000

CallReader = Callable[["Evaluator", ParsedModule, ast.Call, str], Any]


class Evaluator:
    """Evaluates expressions of files; remembers what it knows.

    Args:
        modules: the files.
        read_call: makes a declaration out of a call of the facade.
    """

    def __init__(self, modules: Modules, read_call: CallReader) -> None:
        self.modules = modules
        self._read_call = read_call
        self._known: dict[tuple[str, str], Any] = {}
        self._failed: dict[tuple[str, str], tuple[Refusal, ...]] = {}
        self._begun: set[tuple[str, str]] = set()

    def value(self, module: ParsedModule, node: ast.expr) -> Any:
        """Return the value of an expression.

        Raises:
            Refused: it is not made of literals and constants.
        """
        if isinstance(node, ast.Constant):
            return node.value
        evaluate = _EVALUATIONS.get(type(node))
        if evaluate is None:
            raise self.refused(module, node, "is not a literal")
        return evaluate(self, module, node)

    def refused(self, module: ParsedModule, node: ast.expr, why: str, advice: str = _ADVICE) -> Refused:
        """Return the error that an expression cannot be read."""
        shown = " ".join(ast.unparse(node).split())
        shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
        return Refused([Refusal(module.place(node), f"`{shown}` {why}; {advice}", is_dynamic=True)])

    def name(self, module: ParsedModule, node: ast.Name) -> Any:
        """Return the value of a name."""
        return self._named(module, node.id, node, module)

    def attribute(self, module: ParsedModule, node: ast.Attribute) -> Any:
        """Return a member of ``Stability`` or ``SpanKind``, or a constant of an imported module."""
        facade = self.modules.facade_name(module, node)
        if facade:
            return self._member(module, node, facade)
        full = self.modules.full_name(module, node.value)
        source = self.modules.imported(module, full) if full else None
        if source is None:
            raise self.refused(module, node, "is not a literal")
        return self._of_other(source, node.attr, node, module)

    def _member(self, module: ParsedModule, node: ast.expr, facade: str) -> Any:
        kind, _, member = facade.partition(".")
        found = getattr(_ENUMS.get(kind), "__members__", {}).get(member)
        if found is None:
            allowed = ", ".join(f"{kind}.{name}" for name in getattr(_ENUMS.get(kind), "__members__", ()))
            raise self.refused(module, node, f"is not one of {allowed}" if allowed else "is not a value", "use a value")
        return found

    def _named(self, module: ParsedModule, name: str, node: ast.expr, asking: ParsedModule) -> Any:
        key = (module.path, name)
        self._refuse_later(module, name, node, asking)
        if key in self._failed:
            raise Refused(self._failed[key])
        if key in self._known:
            return self._known[key]
        if key in self._begun:
            raise self.refused(asking, node, "is defined by itself")
        self._begun.add(key)
        try:
            self._known[key] = self._bound(module, name, node, asking)
        except Refused as refused:
            if isinstance(module.bindings.get(name), Bound):
                self._failed[key] = refused.refusals
            # What is not even bound here is wrong wherever it is used.
            raise
        finally:
            self._begun.discard(key)
        return self._known[key]

    def _of_other(self, source: ParsedModule, name: str, node: ast.expr, asking: ParsedModule) -> Any:
        try:
            return self._named(source, name, node, asking)
        except Refused as refused:
            used = asking.place(node)
            raise Refused(refusal._replace(used=used) for refusal in refused.refusals) from refused

    def _refuse_later(self, module: ParsedModule, name: str, node: ast.expr, asking: ParsedModule) -> None:
        binding = module.bindings.get(name)
        if module is asking and isinstance(binding, Bound):
            bound = binding.value
            if (bound.lineno, bound.col_offset) > (node.lineno, node.col_offset):
                raise self.refused(
                    asking, node, f"is bound further down (line {bound.lineno})", "bind it above its use"
                )

    def _bound(self, module: ParsedModule, name: str, node: ast.expr, asking: ParsedModule) -> Any:
        binding = module.bindings.get(name)
        if isinstance(binding, Bound):
            return self.value(module, binding.value)
        if isinstance(binding, Unclear):
            raise self.refused(asking, node, binding.why)
        if isinstance(binding, Imported):
            source = self.modules.imported(module, binding.module) if binding.name else None
            if source is not None:
                return self._of_other(source, binding.name, node, asking)
            raise self.refused(
                asking, node, f"is imported from {binding.module}, which is not a file of this code base"
            )
        if name in _TYPES:
            return _TYPES[name]
        raise self.refused(asking, node, "is not bound in this file")

    def sequence(self, module: ParsedModule, node: ast.Tuple | ast.List) -> Any:
        """Return a tuple or list; what cannot be read in it is told together."""
        items: list[Any] = []
        refusals: list[Refusal] = []
        for item in node.elts:
            try:
                items += self._items(module, item)
            except Refused as refused:
                refusals += refused.refusals
        if refusals:
            raise Refused(refusals)
        self._limit(module, node, items)
        return tuple(items) if isinstance(node, ast.Tuple) else items

    def _items(self, module: ParsedModule, item: ast.expr) -> list[Any]:
        if not isinstance(item, ast.Starred):
            return [self.value(module, item)]
        found = self.value(module, item.value)
        if not isinstance(found, (tuple, list)):
            raise self.refused(module, item, "is not a tuple")
        return list(found)

    def sum(self, module: ParsedModule, node: ast.BinOp) -> Any:
        """Return two texts, tuples or lists as one."""
        if not isinstance(node.op, ast.Add):
            raise self.refused(module, node, "is computed")
        left, right = self.value(module, node.left), self.value(module, node.right)
        if type(left) is not type(right) or not isinstance(left, (str, tuple, list)):
            raise self.refused(module, node, "is computed")
        whole = left + right
        self._limit(module, node, whole)
        return whole

    def _limit(self, module: ParsedModule, node: ast.expr, whole: Any) -> None:
        if len(whole) > (_MOST_CHARACTERS if isinstance(whole, str) else _MOST_ITEMS):
            raise self.refused(module, node, "is too long for a declaration")

    def negative(self, module: ParsedModule, node: ast.UnaryOp) -> Any:
        """Return a negative number."""
        value = self.value(module, node.operand)
        if not isinstance(node.op, ast.USub) or type(value) not in (int, float):
            raise self.refused(module, node, "is computed")
        return -value

    def list_of(self, module: ParsedModule, node: ast.Subscript) -> Any:
        """Return a type such as ``list[str]``."""
        if self.value(module, node.value) is not list:
            raise self.refused(module, node, "is computed")
        return types.GenericAlias(list, (self.value(module, node.slice),))

    def call(self, module: ParsedModule, node: ast.Call) -> Any:
        """Return the declaration that a call makes."""
        facade = self.modules.facade_name(module, node.func)
        if not facade:
            raise self.refused(module, node, "is a call")
        return self._read_call(self, module, node, facade)

    def text(self, module: ParsedModule, node: ast.JoinedStr) -> Any:
        """Refuse text that is put together when it is run."""
        raise self.refused(module, node, "is put together at run time")


_EVALUATIONS: dict[type[ast.expr], Callable[[Evaluator, ParsedModule, Any], Any]] = {
    ast.Name: Evaluator.name,
    ast.Attribute: Evaluator.attribute,
    ast.Tuple: Evaluator.sequence,
    ast.List: Evaluator.sequence,
    ast.BinOp: Evaluator.sum,
    ast.UnaryOp: Evaluator.negative,
    ast.Subscript: Evaluator.list_of,
    ast.Call: Evaluator.call,
    ast.JoinedStr: Evaluator.text,
}
