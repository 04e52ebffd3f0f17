"""What is done with the value of an expression, as far as one can see where it stands."""

from __future__ import annotations

import ast
import enum
from typing import NamedTuple

from lint_plugin.codemod.facts import Facts
from lint_plugin.codemod.scopes import Variable

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Way(enum.Enum):
    """What can be done with a value."""

    METHOD = enum.auto()
    """A method of it is called."""
    ATTRIBUTE = enum.auto()
    """An attribute of it is used without a call."""
    WITH = enum.auto()
    """It is entered by ``with``."""
    BOUND = enum.auto()
    """It gets a name."""
    DECORATOR = enum.auto()
    """It decorates a function."""
    ARGUMENT = enum.auto()
    """It is handed to a call."""
    NOTHING = enum.auto()
    """It is thrown away, or only tested for being true or None."""
    OTHER = enum.auto()
    """Anything else; ``node`` is what contains it."""


class Use(NamedTuple):
    """What is done with the value of an expression.

    Args:
        way: the kind.
        node: the call of METHOD and ARGUMENT, the ``with`` item of WITH, the function of DECORATOR, the target of
            BOUND.
        variable: of BOUND, and of WITH when the value gets a plain name.
    """

    way: Way
    node: ast.AST
    variable: Variable | None = None


def use_of(facts: Facts, node: ast.expr) -> Use:
    """Return what is done with the value of an expression."""
    parent = facts.parent(node)
    if parent is None:
        return Use(Way.OTHER, node)
    for look in (_as_receiver, _as_context_manager, _as_assigned, _as_argument):
        found = look(facts, node, parent)
        if found is not None:
            return found
    if isinstance(parent, (ast.FunctionDef, ast.AsyncFunctionDef)) and node in parent.decorator_list:
        return Use(Way.DECORATOR, parent)
    if isinstance(parent, ast.Expr) or _is_only_tested(facts, node, parent):
        return Use(Way.NOTHING, parent)
    return Use(Way.OTHER, parent)


def _as_receiver(facts: Facts, node: ast.expr, parent: ast.AST) -> Use | None:
    if not isinstance(parent, ast.Attribute):
        return None
    call = facts.parent(parent)
    if isinstance(call, ast.Call) and call.func is parent:
        return Use(Way.METHOD, call)
    return Use(Way.ATTRIBUTE, parent)


def _as_context_manager(facts: Facts, node: ast.expr, parent: ast.AST) -> Use | None:
    if not isinstance(parent, ast.withitem) or parent.context_expr is not node:
        return None
    if not isinstance(facts.parent(parent), ast.With):
        return None
    name = parent.optional_vars
    if name is not None and not isinstance(name, ast.Name):
        return Use(Way.OTHER, parent)
    return Use(Way.WITH, parent, None if name is None else facts.scopes.variable_of(name))


def _as_assigned(facts: Facts, node: ast.expr, parent: ast.AST) -> Use | None:
    if isinstance(parent, ast.Assign) and len(parent.targets) == 1:
        target: ast.AST = parent.targets[0]
    elif isinstance(parent, (ast.AnnAssign, ast.NamedExpr)) and parent.value is node:
        target = parent.target
    else:
        return None
    variable = facts.variable(target)
    return None if variable is None else Use(Way.BOUND, target, variable)


def _as_argument(facts: Facts, node: ast.expr, parent: ast.AST) -> Use | None:
    if isinstance(parent, ast.Call) and node in parent.args:
        return Use(Way.ARGUMENT, parent)
    if isinstance(parent, ast.keyword):
        call = facts.parent(parent)
        return Use(Way.ARGUMENT, call) if isinstance(call, ast.Call) and parent.arg else None
    return None


def _is_only_tested(facts: Facts, node: ast.expr, parent: ast.AST) -> bool:
    """Tell whether a value decides about a branch and goes nowhere else."""
    if isinstance(parent, ast.Compare):
        others = [parent.left, *parent.comparators]
        return all(isinstance(operator, (ast.Is, ast.IsNot)) for operator in parent.ops) and all(
            other is node or (isinstance(other, ast.Constant) and other.value is None) for other in others
        )
    inner: ast.AST = node
    above: ast.AST | None = parent
    while isinstance(above, ast.BoolOp):
        if isinstance(above.op, ast.And) and inner is not above.values[-1]:
            # `span and span.is_recording()`: the span itself comes out only when it is false, which spans never are.
            return True
        inner, above = above, facts.parent(above)
    if isinstance(above, ast.UnaryOp) and isinstance(above.op, ast.Not):
        return True
    return getattr(above, "test", None) is inner or (isinstance(above, ast.comprehension) and inner in above.ifs)


def described(facts: Facts, use: Use) -> str:
    """Return what is done with a value, in words, with the line."""
    line = facts.line(use.node) if hasattr(use.node, "lineno") else 0
    where = f" in line {line}" if line else ""
    node = use.node
    if use.way is Way.ARGUMENT and isinstance(node, ast.Call):
        return f"is handed to `{short(facts.code(node.func))}(...)`{where}"
    if use.way is Way.ATTRIBUTE and isinstance(node, ast.Attribute):
        return f"is asked for its {node.attr}{where}"
    if isinstance(node, ast.Return):
        return f"is returned{where}"
    if isinstance(node, (ast.Yield, ast.YieldFrom)):
        return f"is yielded{where}"
    if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Name, ast.Attribute)):
        return f"is kept{where}"
    return f"is handed on{where}"


def short(code: str) -> str:
    """Return code on one line, cut after 60 characters."""
    line = " ".join(code.split())
    return line if len(line) <= 60 else f"{line[:57]}..."
