"""What the code says of values: texts that are constant, and the types of attributes, for declarations."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from lint_plugin.codemod.facts import Facts
from lint_plugin.codemod.scopes import Bind, Binding, Variable

_PLAIN = ("str", "bool", "int", "float")
_BUILTINS = {
    "str": ("str", "repr", "format", "ascii", "hex", "oct", "bin", "chr"),
    "int": ("int", "len", "ord", "hash", "id"),
    "float": ("float",),
    "bool": ("bool", "isinstance", "issubclass", "callable", "hasattr", "any", "all"),
}
_RESULTS = {name: kind for kind, names in _BUILTINS.items() for name in names}
_FUNCTIONS = {
    "json.dumps": "str", "time.time": "float", "time.monotonic": "float", "time.perf_counter": "float",
    "time.time_ns": "int", "os.getpid": "int", "os.getcwd": "str",
}  # fmt: skip
_TEXT_METHODS = frozenset({
    "capitalize", "casefold", "format", "join", "lower", "lstrip", "removeprefix", "removesuffix", "replace", "rstrip",
    "strip", "title", "upper",
})  # fmt: skip
_ALWAYS_TEXT = ("__name__", "__qualname__", "__module__")
_MOST_STEPS = 20


def kind_of(node: ast.expr, facts: Facts, steps: int = 0) -> str:
    """Return ``str``, ``bool``, ``int``, ``float`` or a ``list[...]`` of them; empty when the code does not say."""
    if steps > _MOST_STEPS:
        return ""
    look = _LOOKS.get(type(node))
    return look(node, facts, steps + 1) if look is not None else ""


def constant_text(facts: Facts, node: ast.expr) -> str | None:
    """Return the text of a string literal, or of a variable that is never anything else."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    variable = facts.scopes.variable_of(node)
    only = None if variable is None else variable.only
    if variable is None or only is None or only.how is not Bind.ASSIGN or not isinstance(only.value, ast.Constant):
        return None
    return None if facts.key(variable) in facts.others.replaced else constant_text(facts, only.value)


def joined_kind(first: str, second: str) -> str:
    """Return the type of which values of both types are; empty when there is none."""
    if first == second:
        return first
    return "float" if {first, second} == {"int", "float"} else ""


def _constant(node: ast.Constant, facts: Facts, steps: int) -> str:
    name = type(node.value).__name__
    return name if name in _PLAIN else ""


def _text(node: ast.JoinedStr, facts: Facts, steps: int) -> str:
    return "str"


def _comparison(node: ast.Compare, facts: Facts, steps: int) -> str:
    return "bool"


def _unary(node: ast.UnaryOp, facts: Facts, steps: int) -> str:
    return "bool" if isinstance(node.op, ast.Not) else kind_of(node.operand, facts, steps)


def _binary(node: ast.BinOp, facts: Facts, steps: int) -> str:
    left, right = kind_of(node.left, facts, steps), kind_of(node.right, facts, steps)
    if left == "str" and (isinstance(node.op, ast.Mod) or (isinstance(node.op, ast.Add) and right == "str")):
        return "str"
    if not {left, right} <= {"int", "float"} or isinstance(node.op, ast.Pow):
        return ""
    return "float" if isinstance(node.op, ast.Div) else joined_kind(left, right)


def _same(nodes: list[ast.expr], facts: Facts, steps: int) -> str:
    kinds = [kind_of(node, facts, steps) for node in nodes]
    result = kinds[0] if kinds else ""
    for kind in kinds[1:]:
        result = joined_kind(result, kind)
    return result


def _choice(node: ast.IfExp, facts: Facts, steps: int) -> str:
    return _same([node.body, node.orelse], facts, steps)


def _boolean(node: ast.BoolOp, facts: Facts, steps: int) -> str:
    return _same(node.values, facts, steps)


def _items(node: ast.List | ast.Tuple, facts: Facts, steps: int) -> str:
    return _list_of(_same(node.elts, facts, steps))


def _comprehension(node: ast.ListComp | ast.GeneratorExp, facts: Facts, steps: int) -> str:
    return _list_of(kind_of(node.elt, facts, steps))


def _list_of(kind: str) -> str:
    return f"list[{kind}]" if kind in _PLAIN else ""


def _call(node: ast.Call, facts: Facts, steps: int) -> str:
    function = node.func
    if isinstance(function, ast.Name) and facts.scopes.variable_of(function) is None:
        if function.id in ("sum", "sorted", "list", "max", "min") and len(node.args) == 1:
            items = kind_of(node.args[0], facts, steps)
            return items if function.id in ("sorted", "list") else items.removeprefix("list[").rstrip("]")
        return _RESULTS.get(function.id, "")
    if isinstance(function, ast.Attribute):
        if function.attr in _TEXT_METHODS and kind_of(function.value, facts, steps) == "str":
            return "str"
        if function.attr in ("keys", "values"):
            return _part_of_mapping(function, facts)
    return _FUNCTIONS.get(facts.origin(function), "")


def _part_of_mapping(function: ast.Attribute, facts: Facts) -> str:
    """Return the type of keys or values of a variable that is annotated as ``dict[key, value]``."""
    variable = facts.variable(function.value)
    annotations = [] if variable is None else [_annotation(facts, binding) for binding in variable.bindings]
    if len(annotations) != 1 or not isinstance(annotations[0], ast.Subscript):
        return ""
    parts = annotations[0].slice
    if not isinstance(parts, ast.Tuple) or len(parts.elts) != 2:
        return ""
    return _list_of(_named(parts.elts[0 if function.attr == "keys" else 1]))


def _variable(node: ast.expr, facts: Facts, steps: int) -> str:
    if isinstance(node, ast.Attribute) and node.attr in _ALWAYS_TEXT:
        return "str"
    if isinstance(node, ast.Name) and node.id == "__name__":
        return "str"
    variable = facts.variable(node)
    return "" if variable is None else _of_bindings(variable, facts, steps)


def _of_bindings(variable: Variable, facts: Facts, steps: int) -> str:
    result = ""
    for number, binding in enumerate(variable.bindings):
        annotation = _annotation(facts, binding)
        if annotation is not None:
            kind = _named(annotation)
        elif binding.how is Bind.ASSIGN and binding.value is not None:
            kind = kind_of(binding.value, facts, steps)
        else:
            kind = ""
        result = kind if number == 0 else joined_kind(result, kind)
    return result


def _annotation(facts: Facts, binding: Binding) -> ast.expr | None:
    if isinstance(binding.node, ast.arg):
        return facts.unquoted(binding.node.annotation)
    statement = facts.parent(binding.node)
    return facts.unquoted(statement.annotation) if isinstance(statement, ast.AnnAssign) else None


def _named(annotation: ast.expr) -> str:
    """Return the type that an annotation names; only those that attributes may have."""
    if isinstance(annotation, ast.Name):
        return annotation.id if annotation.id in _PLAIN else ""
    if not isinstance(annotation, ast.Subscript) or not isinstance(annotation.slice, ast.Name):
        return ""
    container = annotation.value.id if isinstance(annotation.value, ast.Name) else ""
    return _list_of(annotation.slice.id) if container in ("list", "List", "Sequence", "Iterable") else ""


_LOOKS: dict[type[ast.expr], Callable[[Any, Facts, int], str]] = {
    ast.Constant: _constant,
    ast.JoinedStr: _text,
    ast.Compare: _comparison,
    ast.UnaryOp: _unary,
    ast.BinOp: _binary,
    ast.IfExp: _choice,
    ast.BoolOp: _boolean,
    ast.List: _items,
    ast.Tuple: _items,
    ast.ListComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.Call: _call,
    ast.Name: _variable,
    ast.Attribute: _variable,
}
