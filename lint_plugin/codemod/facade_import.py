"""Under which name the facade is imported in a file, and where its import and the declarations of spans go."""

from __future__ import annotations

import ast
import sys
from typing import NamedTuple

from lint_plugin.codemod.extracted import TRUST
from lint_plugin.codemod.facts import Facts
from lint_plugin.codemod.opentelemetry_api import SEALED
from lint_plugin.codemod.plan import After, Before, Plan

FACADE = "tracing_facade"
_USUAL_NAME = "tracing"
_LAST_RESORT = "_tracing_facade"
_TRUST_MODULE = "tracing_facade.trust"

Import = ast.Import | ast.ImportFrom


def facade_name(facts: Facts) -> str:
    """Return the name under which the file has the facade, or can have it without hiding anything."""
    taken = {variable.name for variable in facts.scopes.all_variables()}
    taken |= {node.id for node in facts.all_of(ast.Name)}
    present = _present_name(facts, FACADE)
    if present:
        return present
    return next((name for name in (_USUAL_NAME, FACADE) if name not in taken), _LAST_RESORT)


def _present_name(facts: Facts, imported: str) -> str:
    """Return the name that the module has for something, when no function has another meaning for that name."""
    same = [found for found in facts.scopes.module.variables.values() if facts.imported(found) == imported]
    for variable in same:
        others = [found for found in facts.scopes.all_variables() if found.name == variable.name]
        if others == [variable] and not facts.doubt(variable):
            return variable.name
    return ""


def add_imports(facts: Facts, plan: Plan) -> None:
    """Plan the imports that the new code needs, and the declarations after all imports."""
    if not plan.uses_facade:
        return
    straight = [] if _present_name(facts, FACADE) else [_facade_import(plan.facade)]
    trust = plan.trusts_everyone and not _present_name(facts, f"{_TRUST_MODULE}.{TRUST}")
    sorted_from = [f"from {_TRUST_MODULE} import {TRUST}"] if trust else []
    header = _header(facts.tree)
    sections = _sections(facts, header)
    declared = plan.declarations.statements(plan.facade)
    section = _section_for(sections)
    if section:
        _insert(straight, _place(section, FACADE, ast.Import), plan)
        _insert(sorted_from, _place(section, _TRUST_MODULE, ast.ImportFrom), plan)
        if declared:
            plan.edit(header[-1], After(declared))
        return
    lines = (*straight, *sorted_from)
    above = _last_statement_above(facts.tree, header, sections)
    if above is None:
        plan.top = (*lines, *(("", *declared) if declared else ()))
    elif header and above is not header[-1]:
        plan.edit(above, After(lines))
        if declared:
            plan.edit(header[-1], After(declared))
    else:
        plan.edit(above, After((*lines, *(("", *declared) if declared else ()))))


def _facade_import(name: str) -> str:
    return f"import {FACADE}" if name == FACADE else f"import {FACADE} as {name}"


def _insert(lines: list[str], place: Place, plan: Plan) -> None:
    if lines:
        edit = Before(tuple(lines)) if place.before else After(tuple(lines), apart=False)
        plan.edit(place.statement, edit)


class Place(NamedTuple):
    """Where a new import goes: before or after another one."""

    statement: ast.stmt
    before: bool


def _docstring(tree: ast.Module) -> ast.stmt | None:
    first = tree.body[0] if tree.body else None
    is_text = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    return first if is_text else None


def _header(tree: ast.Module) -> list[ast.stmt]:
    """Return the imports at the top of a module, with conditions and attempts that hold nothing but imports."""
    start = 1 if _docstring(tree) is not None else 0
    header: list[ast.stmt] = []
    for statement in tree.body[start:]:
        if not _only_imports(statement):
            break
        header.append(statement)
    return header


def _only_imports(statement: ast.stmt) -> bool:
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return True
    if not isinstance(statement, (ast.If, ast.Try)):
        return False
    handlers = [handler.body for handler in statement.handlers] if isinstance(statement, ast.Try) else []
    inner = [*statement.body, *statement.orelse, *(found for body in handlers for found in body)]
    return any(isinstance(found, (ast.Import, ast.ImportFrom)) for found in inner) and all(
        isinstance(found, (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.Pass)) for found in inner
    )


def _sections(facts: Facts, header: list[ast.stmt]) -> list[list[Import]]:
    """Return the blocks of imports at the top of a module, which empty lines part."""
    sections: list[list[Import]] = []
    last_line = -2
    for statement in header:
        if isinstance(statement, (ast.Import, ast.ImportFrom)) and not _is_special(statement):
            apart = any(not line.strip() for line in facts.lines[last_line : statement.lineno - 1])
            if not sections or apart or last_line < 0:
                sections.append([])
            sections[-1].append(statement)
        last_line = statement.end_lineno or statement.lineno
    return sections


def _section_for(sections: list[list[Import]]) -> list[Import]:
    """Return the block where OpenTelemetry's imports are, or else the last one of third parties."""
    for section in sections:
        if any(_top(statement) == SEALED for statement in section):
            return section
    for section in reversed(sections):
        if any(_top(statement) not in ("", *sys.stdlib_module_names) for statement in section):
            return section
    return []


def _last_statement_above(tree: ast.Module, header: list[ast.stmt], sections: list[list[Import]]) -> ast.stmt | None:
    """Return the statement after which a new block of imports goes: the last one that is not relative."""
    absolute = [section[-1] for section in sections if not any(_level(statement) for statement in section)]
    if absolute:
        return absolute[-1]
    special = [statement for statement in header if isinstance(statement, ast.ImportFrom) and _is_special(statement)]
    return special[-1] if special else _docstring(tree)


def _top(statement: Import) -> str:
    return "" if _level(statement) else _module(statement).partition(".")[0]


def _is_special(statement: Import) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


def _place(section: list[Import], module: str, kind: type[ast.stmt]) -> Place:
    """Return where isort would put a new import: `import x` before `from x import y`, each sorted by module."""
    same = [statement for statement in section if isinstance(statement, kind) and not _level(statement)]
    if _is_mixed(section):
        same = section
    for statement in same:
        if _level(statement) or _module(statement).lower() > module:
            return Place(statement, before=True)
    if same:
        return Place(same[-1], before=False)
    return Place(section[0], before=True) if kind is ast.Import else Place(section[-1], before=False)


def _is_mixed(section: list[Import]) -> bool:
    """Tell whether both kinds of import stand in one order by module (isort's force_sort_within_sections)."""
    kinds = [isinstance(statement, ast.ImportFrom) for statement in section]
    return kinds != sorted(kinds)


def _module(statement: Import) -> str:
    return statement.module or "" if isinstance(statement, ast.ImportFrom) else statement.names[0].name


def _level(statement: Import) -> int:
    return statement.level if isinstance(statement, ast.ImportFrom) else 0
