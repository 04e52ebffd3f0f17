"""Carries a plan out on libcst's syntax tree, which keeps comments and formatting of everything else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from lint_plugin.codemod import blocks, call_arguments
from lint_plugin.codemod.plan import (
    After,
    Arguments,
    Before,
    Edit,
    Enter,
    Plan,
    Remove,
    RemoveNames,
    Rename,
    Replace,
    TryToWith,
)
from lint_plugin.codemod.syntax import Range

Kind = TypeVar("Kind", bound=Edit)


class LostEditError(Exception):
    """An edit has found no place; nothing must be written then."""


def carried_out(text: str, plan: Plan) -> str:
    """Return the text with all edits of the plan.

    Raises:
        LostEditError: an edit has found no place.
        libcst.ParserSyntaxError: libcst does not know the syntax.
    """
    wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
    if wrapper.module.code != text:
        raise LostEditError("libcst does not reproduce this file")
    editor = _Editor(wrapper, plan)
    edited = wrapper.module.visit(editor)
    lost = [edit for edits in editor.waiting.values() for edit in edits]
    if lost:
        raise LostEditError(f"no place for {lost[0]}")
    return edited.code


class _Editor(cst.CSTTransformer):
    def __init__(self, wrapper: MetadataWrapper, plan: Plan) -> None:
        super().__init__()
        self._positions = wrapper.resolve(PositionProvider)
        self._top = plan.top
        self._declared: cst.BaseStatement | None = None
        self.waiting = {place: list(edits) for place, edits in plan.edits.items()}

    def _range(self, node: cst.CSTNode) -> Range:
        found = self._positions[node]
        return Range(found.start.line, found.start.column, found.end.line, found.end.column)

    def _take(self, node: cst.CSTNode, kind: type[Kind]) -> Kind | None:
        """Return the edit of this kind that waits for a node, and let it wait no more."""
        edits = self.waiting.get(self._range(node), ())
        for edit in edits:
            if isinstance(edit, kind):
                self.waiting[self._range(node)].remove(edit)
                return edit
        return None

    # Expressions

    def on_leave(self, original_node: Any, updated_node: Any) -> Any:
        updated: Any = super().on_leave(original_node, updated_node)
        if isinstance(original_node, cst.BaseExpression) and self._range(original_node) in self.waiting:
            edit = self._take(original_node, Replace)
            if edit is not None:
                return blocks.parsed_expression(edit.code, updated)
        return updated

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.Attribute:
        edit = self._take(original_node, Rename)
        return updated_node if edit is None else updated_node.with_changes(attr=cst.Name(edit.attribute))

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        edit = self._take(original_node, Arguments)
        return updated_node if edit is None else call_arguments.with_arguments(updated_node, edit.items)

    # Statements

    def leave_WithItem(self, original_node: cst.WithItem, updated_node: cst.WithItem) -> Any:
        edit = self._take(original_node.item, Enter)
        if edit is None:
            return updated_node
        entered = cst.WithItem(cst.parse_expression(edit.code), comma=blocks.COMMA)
        return cst.FlattenSentinel([entered, updated_node])

    def leave_Try(self, original_node: cst.Try, updated_node: cst.Try) -> Any:
        edit = self._take(original_node, TryToWith)
        updated = updated_node if edit is None else blocks.as_with(updated_node, edit.code)
        return self._with_neighbours([original_node], updated)

    def leave_ImportFrom(self, original_node: cst.ImportFrom, updated_node: cst.ImportFrom) -> Any:
        edit = self._take(original_node, RemoveNames)
        return updated_node if edit is None else blocks.without_names(updated_node, edit.indexes)

    def leave_Import(self, original_node: cst.Import, updated_node: cst.Import) -> Any:
        edit = self._take(original_node, RemoveNames)
        return updated_node if edit is None else blocks.without_names(updated_node, edit.indexes)

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> Any:
        body = self._remaining(original_node.body, updated_node.body)
        if not body:
            return self._with_neighbours(original_node.body, blocks.removed(updated_node))
        return self._with_neighbours(original_node.body, updated_node.with_changes(body=body))

    def leave_SimpleStatementSuite(
        self, original_node: cst.SimpleStatementSuite, updated_node: cst.SimpleStatementSuite
    ) -> cst.SimpleStatementSuite:
        body = self._remaining(original_node.body, updated_node.body)
        return updated_node.with_changes(body=body or [cst.Pass()])

    def _remaining(
        self, original: Sequence[cst.BaseSmallStatement], updated: Sequence[cst.BaseSmallStatement]
    ) -> list[cst.BaseSmallStatement]:
        kept = [new for old, new in zip(original, updated, strict=True) if self._take(old, Remove) is None]
        if kept and len(kept) < len(updated):
            kept[-1] = kept[-1].with_changes(semicolon=cst.MaybeSentinel.DEFAULT)
        return kept

    def leave_If(self, original_node: cst.If, updated_node: cst.If) -> Any:
        gone = self._take(original_node, Remove) is not None
        return self._with_neighbours([original_node], blocks.removed(updated_node) if gone else updated_node)

    def _with_neighbours(self, original: Iterable[cst.CSTNode], updated: cst.BaseStatement) -> Any:
        """Return a statement with those that are to be put before and after it."""
        statements = [updated]
        for node in original:
            before, after = self._take(node, Before), self._take(node, After)
            while before is not None:
                statements = blocks.with_before(statements, before.lines)
                before = self._take(node, Before)
            tail: list[cst.BaseStatement] = []
            while after is not None:
                # What stands apart comes last, whatever was asked for first.
                new = blocks.new_statements(after)
                self._declared = new[-1] if after.apart else self._declared
                tail = [*tail, *new] if after.apart else [*new, *tail]
                after = self._take(node, After)
            statements += tail
        return statements[0] if len(statements) == 1 else cst.FlattenSentinel(statements)

    # Blocks

    def leave_IndentedBlock(
        self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock
    ) -> cst.IndentedBlock:
        return blocks.cleaned_block(updated_node)

    def leave_Module(self, original_node: cst.Module, updated_node: cst.Module) -> cst.Module:
        module = blocks.cleaned_module(updated_node)
        if self._top:
            return blocks.with_top(module, self._top)
        return blocks.set_apart(module, self._declared) if self._declared is not None else module
