"""Tells of which type the value of an expression is, where its form says so, whatever the value itself will be."""

from __future__ import annotations

import ast

# Functions of Python, with a value as they return one.
_RETURNED: dict[str, object] = {
    **dict.fromkeys(("ascii", "bin", "chr", "format", "hex", "input", "oct", "repr", "str"), ""),
    **dict.fromkeys(("hash", "id", "int", "len", "ord"), 1),
    **dict.fromkeys(("all", "any", "bool", "callable", "hasattr", "isinstance", "issubclass"), True),
    "dict": {},
    "bytes": b"",
    "float": 0.5,
    "set": frozenset(),
}
# Methods that nothing but texts has, or that return a text whatever has them.
_TEXT_METHODS = frozenset({
    "capitalize", "casefold", "hexdigest", "isoformat", "lower", "removeprefix", "removesuffix", "strftime", "swapcase",
    "title", "upper",
})  # fmt: skip
_METHODS_OF_TEXTS = frozenset({"center", "format", "format_map", "join", "ljust", "lstrip", "replace", "rjust", "rstrip", "strip", "zfill"})  # fmt: skip  # noqa: E501
_TEXT_NAMES = frozenset({"__module__", "__name__", "__qualname__"})


def example_of(node: ast.expr | None) -> object:
    """Return some value of the type that an expression has; ``None`` when its form does not say which."""
    if is_text(node):
        return ""
    if isinstance(node, ast.Compare) or (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)):
        return True
    if isinstance(node, (ast.Dict, ast.DictComp)):
        return {}
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _RETURNED.get(node.func.id)
    if isinstance(node, ast.IfExp):
        first, second = example_of(node.body), example_of(node.orelse)
        return first if type(first) is type(second) else None
    return None


def is_text(node: ast.expr | None) -> bool:
    """Tell whether an expression is a text by its form: formatted, joined, converted or made from another text."""
    if isinstance(node, ast.JoinedStr):
        return True
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    if isinstance(node, ast.BinOp):
        left = is_text(node.left)
        return left or (isinstance(node.op, ast.Add) and is_text(node.right))
    if isinstance(node, ast.Attribute):
        return node.attr in _TEXT_NAMES
    if isinstance(node, ast.IfExp):
        return is_text(node.body) and is_text(node.orelse)
    if isinstance(node, ast.Subscript):
        return _is_environment(node.value)
    return isinstance(node, ast.Call) and _returns_text(node)


def _is_environment(node: ast.expr) -> bool:
    return getattr(node, "attr", getattr(node, "id", "")) == "environ"


def _returns_text(node: ast.Call) -> bool:
    if isinstance(node.func, ast.Name):
        return _RETURNED.get(node.func.id) == ""
    if not isinstance(node.func, ast.Attribute):
        return False
    if node.func.attr == "getenv" or (node.func.attr == "get" and _is_environment(node.func.value)):
        return True
    return node.func.attr in _TEXT_METHODS or (node.func.attr in _METHODS_OF_TEXTS and is_text(node.func.value))
