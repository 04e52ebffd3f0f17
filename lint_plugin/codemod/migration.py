"""Migrates one file: all idioms make one plan, then the plan is carried out."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import libcst as cst

from lint_plugin.codemod import imports
from lint_plugin.codemod.idioms import all_idioms
from lint_plugin.codemod.plan import Fixed, Left, Plan, references_below
from lint_plugin.codemod.source_file import SEALED, SourceFile
from lint_plugin.codemod.why import reason_for

_IMPORTS = re.compile(rb"^[^\n#]*\bimport\b[^\n]*|^[ \t]*from\b[^\n]*", re.MULTILINE)
_FACADE_NAMES = ("tracing", "tracing_facade")


class Migration(NamedTuple):
    """What became of one file."""

    source: bytes
    """The new content; the old one when nothing was changed."""
    fixed: tuple[Fixed, ...]
    left: tuple[Left, ...]


def migrate(source: bytes, wanted_elsewhere: frozenset[str] = frozenset()) -> Migration:
    """Migrate one file.

    Args:
        source: its bytes.
        wanted_elsewhere: names that other files import from it.

    Returns:
        The new bytes, in the same encoding and with the same line ends, and what was fixed and left.

    Raises:
        libcst.ParserSyntaxError: the source is no Python.
        UnicodeDecodeError: its bytes are not in the encoding it declares.
    """
    if not may_use_opentelemetry(source):
        return Migration(source, (), ())
    file = SourceFile(source)
    taken = {name.value for name in file.all_of(cst.Name)}
    plan = Plan(_facade_name(file, taken), taken, wanted_elsewhere)
    for idiom in all_idioms():
        idiom.apply(file, plan)
    imports.drop_unneeded(file, plan)
    left = tuple(_left(file, plan))
    if not plan.fixed:
        return Migration(source, (), left)
    edited = file.module.visit(_Edits(plan))
    assert isinstance(edited, cst.Module)
    if _needs_facade(plan):
        edited = imports.add_facade(file.module, edited, plan)
    return Migration(edited.bytes, tuple(sorted(plan.fixed)), left)


def may_use_opentelemetry(source: bytes) -> bool:
    """Tell whether a file has an import that may be one of OpenTelemetry; quick, since parsing is not."""
    name = SEALED.encode()
    return name in source and any(name in line for line in _IMPORTS.findall(source))


def _facade_name(file: SourceFile, taken: set[str]) -> str:
    return next((name for name in _FACADE_NAMES if name not in taken or _is_facade(file, name)), "_tracing_facade")


def _is_facade(file: SourceFile, name: str) -> bool:
    uses = [found for found in file.all_of(cst.Name) if found.value == name and file.origin(found)]
    return bool(uses) and all(file.origin(found) == "tracing_facade" for found in uses)


def _needs_facade(plan: Plan) -> bool:
    return any(found.idiom not in ("get_tracer", "set_status", "record_exception") for found in plan.fixed)


def _left(file: SourceFile, plan: Plan) -> list[Left]:
    """Return every reference to OpenTelemetry that is still there, each with its reason, one per line."""
    found: dict[int, Left] = {}
    for node, reason in plan.reasons.items():
        _add(file, found, node, reason)
    for name in references_below(file, file.module):
        if name not in plan.migrated:
            whole = _outermost(file, name)
            _add(file, found, whole, reason_for(file.origin(whole)))
    return sorted(found.values())


def _add(file: SourceFile, found: dict[int, Left], node: cst.CSTNode, reason: str) -> None:
    line, column = file.position(node)
    code = " ".join(file.code(_outermost(file, node)).split())
    found.setdefault(line, Left(line, column, code[:80], reason))


def _outermost(file: SourceFile, node: cst.CSTNode) -> cst.CSTNode:
    while isinstance(parent := file.parent(node), cst.Attribute) and parent.value is node:
        node = parent
    return node


class _Edits(cst.CSTTransformer):
    def __init__(self, plan: Plan) -> None:
        self._edits = plan.edits

    def on_leave(self, original_node: Any, updated_node: Any) -> Any:
        updated = super().on_leave(original_node, updated_node)
        edit = self._edits.get(original_node)
        return updated if edit is None else edit(updated)

    def leave_IndentedBlock(self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock) -> Any:
        """Keep a block that has lost its last statement a block."""
        if updated_node.body or not original_node.body:
            return updated_node
        return updated_node.with_changes(body=[cst.parse_statement("pass")])
