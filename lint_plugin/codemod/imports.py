"""Takes out the imports that nobody needs any more, and puts in those of the facade."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import libcst as cst

from lint_plugin.codemod.plan import Plan
from lint_plugin.codemod.source_file import SEALED, SourceFile

Import = cst.Import | cst.ImportFrom


def drop_unneeded(file: SourceFile, plan: Plan) -> None:
    """Put the removal of every OpenTelemetry import into the plan whose names are all gone; say why others stay."""
    for statement in all_imports(file):
        if is_sealed(statement):
            _drop(file, plan, statement)


def all_imports(file: SourceFile) -> list[Import]:
    """Return every import statement."""
    return [*file.all_of(cst.Import), *file.all_of(cst.ImportFrom)]


def is_sealed(statement: Import) -> bool:
    """Tell whether a statement imports OpenTelemetry."""
    if isinstance(statement, cst.Import):
        return any(_dotted(alias.name).partition(".")[0] == SEALED for alias in statement.names)
    module = statement.module
    return not statement.relative and module is not None and _dotted(module).partition(".")[0] == SEALED


def _drop(file: SourceFile, plan: Plan, statement: Import) -> None:
    if isinstance(statement.names, cst.ImportStar):
        plan.leave(statement, "a star import does not tell which names it brings")
        return
    kept = [alias for alias in statement.names if not _is_unneeded(file, plan, statement, alias)]
    if len(kept) == len(statement.names):
        return
    if kept:
        last = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
        plan.edit(statement, lambda updated: updated.with_changes(names=[*kept[:-1], last]))
    else:
        plan.edit(statement, lambda updated: cst.RemoveFromParent())


def _is_unneeded(file: SourceFile, plan: Plan, statement: Import, alias: cst.ImportAlias) -> bool:
    if isinstance(statement, cst.Import) and _dotted(alias.name).partition(".")[0] != SEALED:
        return False
    bound = _bound_name(alias)
    scope = file.scope(statement)
    assignments = list(scope.assignments[bound]) if scope is not None else []
    if isinstance(alias.name, cst.Attribute) and alias.asname is None:
        # `import opentelemetry.trace` and `import opentelemetry.context` bind the same name.
        pass
    elif len(assignments) != 1:
        plan.leave(statement, f"{bound} is bound in more than one place")
        return False
    used = [access.node for assignment in assignments for access in assignment.references]
    names = [leftmost for node in used if isinstance(leftmost := _leftmost(node), cst.Name)]
    if not names:
        plan.leave(statement, f"nothing in this file uses {bound}; perhaps another one does")
        return False
    if bound in plan.wanted_elsewhere:
        plan.leave(statement, f"another file imports {bound} from this one")
        return False
    return len(names) == len(used) and all(name in plan.migrated for name in names)


def _leftmost(node: cst.CSTNode) -> cst.CSTNode:
    while isinstance(node, cst.Attribute):
        node = node.value
    return node


def _bound_name(alias: cst.ImportAlias) -> str:
    if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
        return alias.asname.name.value
    return _dotted(alias.name).partition(".")[0]


def _dotted(node: cst.BaseExpression) -> str:
    return f"{_dotted(node.value)}.{node.attr.value}" if isinstance(node, cst.Attribute) else getattr(node, "value", "")


def add_facade(original: cst.Module, module: cst.Module, plan: Plan) -> cst.Module:
    """Return the edited module with the facade's import, and with the declarations that the edits need.

    The import takes the place of the first OpenTelemetry import at the top of the file, if there is one, since that is
    among the third-party imports already; with it come the blank lines and comments above.
    """
    body: list[Any] = list(module.body)
    lines = _facade_imports(plan)
    place = next((index for index, statement in enumerate(original.body) if _imports_sealed(statement)), None)
    if place is None:
        place = _after_imports(body)
        above = [cst.EmptyLine(indent=False)] if place and _is_docstring(body[place - 1]) else []
    else:
        above = list(getattr(original.body[place], "leading_lines", ()))
        if place < len(body) and _imports_sealed(body[place]):
            body[place] = body[place].with_changes(leading_lines=[])
    lines[0] = lines[0].with_changes(leading_lines=above)
    body[place:place] = lines
    after = _after_imports(body)
    body[after:after] = _declarations(plan)
    return module.with_changes(body=body)


def _declarations(plan: Plan) -> list[Any]:
    found: list[Any] = [cst.parse_statement(f"{name} = {code}") for name, code in plan.constants.items()]
    if found:
        found[0] = found[0].with_changes(leading_lines=[cst.EmptyLine(indent=False)])
    return found


def _facade_imports(plan: Plan) -> list[Any]:
    alias = "" if plan.facade == "tracing_facade" else f" as {plan.facade}"
    lines = [f"import tracing_facade{alias}"]
    if plan.trusts_everyone:
        lines.append("from tracing_facade.trust import trust_everyone")
    return [cst.parse_statement(line) for line in lines]


def _after_imports(body: Sequence[cst.BaseStatement | cst.BaseSmallStatement]) -> int:
    after = 0
    for position, statement in enumerate(body):
        if _is_import(statement) or (position == 0 and _is_docstring(statement)):
            after = position + 1
        elif not isinstance(statement, (cst.If, cst.Try, cst.SimpleStatementLine)):
            break
    return after


def _is_import(statement: cst.CSTNode) -> bool:
    if isinstance(statement, cst.SimpleStatementLine):
        return all(isinstance(part, (cst.Import, cst.ImportFrom)) for part in statement.body)
    return False


def _imports_sealed(statement: cst.CSTNode) -> bool:
    if not isinstance(statement, cst.SimpleStatementLine):
        return False
    return any(isinstance(part, (cst.Import, cst.ImportFrom)) and is_sealed(part) for part in statement.body)


def _is_docstring(statement: cst.CSTNode) -> bool:
    return (
        isinstance(statement, cst.SimpleStatementLine)
        and isinstance(statement.body[0], cst.Expr)
        and isinstance(statement.body[0].value, (cst.SimpleString, cst.ConcatenatedString))
    )
