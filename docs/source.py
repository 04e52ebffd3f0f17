"""Reads signatures from source code, so that a page shows them as they are written, on every version of Python."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import textwrap
from collections.abc import Iterator
from typing import Any


def signature(name: str, documented: Any) -> str:
    """Return how a function or class is called, for example ``flush(timeout: float = 5.0) -> bool``."""
    if dataclasses.is_dataclass(documented) or hasattr(documented, "_field_defaults"):  # a NamedTuple
        return f"{name}({', '.join(_fields(documented))})"
    if inspect.isclass(documented):
        called = "__init__" in vars(documented) and not getattr(documented, "_is_protocol", False)
        return f"{name}({_arguments(_function(documented.__init__))})" if called else name
    node = _function(documented)
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"{name}({_arguments(node)}){returns}"


def member_docs(kind: type) -> Iterator[tuple[str, str]]:
    """Yield each member of an enumeration with the docstring that follows it, empty when there is none."""
    body = _parsed(kind).body
    for statement, following in zip(body, [*body[1:], ast.Pass()], strict=True):
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            text = following.value if isinstance(following, ast.Expr) else None
            yield statement.targets[0].id, str(text.value) if isinstance(text, ast.Constant) else ""


def _parsed(documented: Any) -> Any:
    return ast.parse(textwrap.dedent(inspect.getsource(documented))).body[0]


def _function(function: Any) -> ast.FunctionDef | ast.AsyncFunctionDef:
    node = _parsed(inspect.unwrap(function))
    assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    return node


def _arguments(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    given = function.args
    plain = [*given.posonlyargs, *given.args]
    defaults = [*[None] * (len(plain) - len(given.defaults)), *given.defaults]
    shown = [_argument(item, default) for item, default in zip(plain, defaults, strict=True)]
    if plain and plain[0].arg in ("self", "cls"):
        shown.pop(0)
    if given.vararg or given.kwonlyargs:
        shown.append("*" + (_argument(given.vararg, None) if given.vararg else ""))
    shown += [_argument(item, default) for item, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)]
    return ", ".join([*shown, *(["**" + _argument(given.kwarg, None)] if given.kwarg else [])])


def _argument(argument: ast.arg, default: ast.expr | None) -> str:
    annotation = f": {ast.unparse(argument.annotation)}" if argument.annotation else ""
    return f"{argument.arg}{annotation}" + (f" = {ast.unparse(default)}" if default is not None else "")


def _fields(kind: Any) -> Iterator[str]:
    keyword_only = False
    for statement in _parsed(kind).body:
        if not isinstance(statement, ast.AnnAssign):
            continue
        options = {item.arg: item.value for item in getattr(statement.value, "keywords", [])}
        if "kw_only" in options and not keyword_only:
            keyword_only = True
            yield "*"
        default = options.get("default", statement.value)
        text = f"{ast.unparse(statement.target)}: {ast.unparse(statement.annotation)}"
        yield f"{text} = {ast.unparse(default)}" if default is not None else text
