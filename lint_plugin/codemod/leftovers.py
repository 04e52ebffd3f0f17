"""What is still OpenTelemetry's when all idioms have spoken: imports that nobody needs go, the rest is listed."""

from __future__ import annotations

import ast
import re

from lint_plugin.codemod.facts import Facts
from lint_plugin.codemod.names import is_type_checking
from lint_plugin.codemod.opentelemetry_api import TRACE, TRACER, canonical, reason_for
from lint_plugin.codemod.plan import Plan, RemoveNames
from lint_plugin.codemod.scopes import Binding, Variable
from lint_plugin.codemod.usage import short

# Parts whose every use is listed; of the others the import is.
_LISTED_BY_USE = (TRACE, "opentelemetry.propagate", "opentelemetry.context")

Import = ast.Import | ast.ImportFrom


def settle_imports(facts: Facts, plan: Plan) -> None:
    """Drop the imports of OpenTelemetry that nobody needs any more, and list what is left of it."""
    unneeded: set[ast.AST] = set()
    for variable in facts.scopes.all_variables():
        if facts.is_sealed(facts.imported(variable)):
            unneeded.update(_settled(variable, facts, plan))
        elif any(facts.is_foreign_tracer(binding) for binding in variable.bindings):
            unneeded.update(_settled_tracer(variable, facts, plan))
    _list_stars(facts, plan)
    _remove(unneeded, facts, plan)


def _settled(variable: Variable, facts: Facts, plan: Plan) -> list[ast.AST]:
    """Return the imports of a variable that nobody needs any more; list what is left of it."""
    imports = [binding for binding in variable.bindings if facts.is_import(binding)]
    remaining = [use for use in variable.uses if use not in plan.gone]
    if not remaining:
        reason = _reason_to_keep(variable, facts)
        if not reason:
            return [binding.node for binding in imports]
        for binding in imports:
            plan.leave(binding.node, "import", reason)
        return []
    for use in remaining:
        _list_use(use, variable, facts, plan)
    return [binding.node for binding in imports if _is_unneeded_path(binding, variable, remaining, facts)]


def _settled_tracer(variable: Variable, facts: Facts, plan: Plan) -> list[ast.AST]:
    """Return the imports of a tracer of another file that nobody needs any more."""
    if facts.type_of_variable(variable) != TRACER or not variable.uses or facts.wanted_by(variable):
        return []
    if any(use not in plan.gone for use in variable.uses):
        return []
    return [binding.node for binding in variable.bindings]


def _reason_to_keep(variable: Variable, facts: Facts) -> str:
    name = variable.name
    if not variable.uses:
        doubt = facts.doubt(variable)
        return doubt or f"nothing in this file uses {name}; perhaps another one does"
    place = facts.wanted_by(variable)
    if place:
        return f"{name} is used in {place}"
    if any(isinstance(found.node, ast.alias) and found.node.asname == found.node.name for found in variable.bindings):
        return f"{name} is exported"
    return f"{name} is named in a text or comment that stands for a type" if _is_named_in_text(name, facts) else ""


def _is_unneeded_path(binding: Binding, variable: Variable, remaining: list[ast.expr], facts: Facts) -> bool:
    """Tell whether of ``import a.b`` and ``import a.c``, which both bind ``a``, this one is needed no more."""
    alias = binding.node
    if not isinstance(alias, ast.alias) or alias.asname or "." not in alias.name or len(variable.bindings) < 2:
        return False
    path = f"{canonical(alias.name)}."
    used = [_dotted(facts, _outermost(facts, use), variable) for use in variable.uses]
    still = [_dotted(facts, _outermost(facts, use), variable) for use in remaining]
    mine = [name for name in used if f"{name}.".startswith(path)]
    return bool(mine) and not any(f"{name}.".startswith(path) or path.startswith(f"{name}.") for name in still)


def _list_use(use: ast.expr, variable: Variable, facts: Facts, plan: Plan) -> None:
    if use in plan.covered:
        return
    whole = _outermost(facts, use)
    name = _dotted(facts, whole, variable)
    by_use = any(f"{name}.".startswith(f"{part}.") for part in _LISTED_BY_USE)
    if not facts.is_sealed(name):
        return
    reason = facts.doubt(variable) or reason_for(name)
    if by_use:
        plan.leave(whole, "import", reason)
        return
    for binding in variable.bindings:
        if facts.is_import(binding):
            plan.leave(binding.node, "import", reason, shown=facts.parent(binding.node))


def _outermost(facts: Facts, use: ast.expr) -> ast.expr:
    parent = facts.parent(use)
    while isinstance(parent, ast.Attribute) and parent.value is use:
        use, parent = parent, facts.parent(parent)
    return use


def _dotted(facts: Facts, node: ast.expr, variable: Variable) -> str:
    """Return the dotted name of an attribute of an imported name, also of one that is in doubt."""
    if isinstance(node, ast.Attribute):
        return canonical(f"{_dotted(facts, node.value, variable)}.{node.attr}")
    return facts.imported(variable)


def _is_named_in_text(name: str, facts: Facts) -> bool:
    """Tell whether ``cast("Name", ...)``, ``TypeVar(bound="Name")`` or a type comment needs a name."""
    word = re.compile(rf"\b{re.escape(name)}\b")
    texts = [
        argument.value
        for call in facts.all_of(ast.Call)
        if short(facts.code(call.func)).rpartition(".")[2] in ("cast", "TypeVar", "ForwardRef", "NewType")
        for argument in ast.walk(call)
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]
    comments = [line.partition("# type:")[2] for line in facts.lines if "# type:" in line]
    return any(word.search(text) for text in [*texts, *comments])


def _list_stars(facts: Facts, plan: Plan) -> None:
    for statement in facts.all_of(ast.ImportFrom):
        if statement.level or not statement.module or not facts.is_sealed(statement.module):
            continue
        if any(alias.name == "*" for alias in statement.names):
            plan.leave(statement, "import", "a star does not say which names it brings")


def _remove(unneeded: set[ast.AST], facts: Facts, plan: Plan) -> None:
    statements: list[Import] = [*facts.all_of(ast.Import), *facts.all_of(ast.ImportFrom)]
    for statement in statements:
        indexes = frozenset(number for number, alias in enumerate(statement.names) if alias in unneeded)
        if len(indexes) == len(statement.names):
            plan.remove(statement)
            _remove_empty_condition(statement, facts, plan)
        elif indexes:
            plan.edit(statement, RemoveNames(indexes))
            for number in indexes:
                plan.drop(statement.names[number])


def _remove_empty_condition(statement: Import, facts: Facts, plan: Plan) -> None:
    """Take ``if TYPE_CHECKING:`` away with its last import, and then the import of that name."""
    condition = facts.parent(statement)
    if not isinstance(condition, ast.If) or condition.orelse or not is_type_checking(condition.test):
        return
    if any(found not in plan.gone for found in condition.body):
        return
    plan.remove(condition)
    variable = facts.scopes.variable_of(condition.test)
    only = None if variable is None else variable.only
    if variable is None or only is None or facts.wanted_by(variable):
        return
    if all(use in plan.gone for use in variable.uses):
        _remove({only.node}, facts, plan)
