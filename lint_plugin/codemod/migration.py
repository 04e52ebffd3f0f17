"""Migrates one file: all idioms make one plan, then the plan is carried out."""

from __future__ import annotations

import ast
import warnings

from lint_plugin.codemod.depth import refuse_too_deep
from lint_plugin.codemod.editing import carried_out
from lint_plugin.codemod.facade_import import add_imports, facade_name
from lint_plugin.codemod.facts import Facts
from lint_plugin.codemod.idiom import all_idioms, all_judges
from lint_plugin.codemod.leftovers import settle_imports
from lint_plugin.codemod.names import NOBODY, Others
from lint_plugin.codemod.opentelemetry_api import SEALED
from lint_plugin.codemod.outcome import Migration
from lint_plugin.codemod.plan import Plan
from lint_plugin.codemod.spans import Spans
from lint_plugin.codemod.verdict import Rewrite, Verdict
from lint_plugin.settings import Settings


def migrate(text: str, settings: Settings | None = None, others: Others = NOBODY) -> Migration:
    """Migrate one file.

    Args:
        text: its content.
        settings: what holds for it.
        others: what other files do with its names.

    Returns:
        The new content, what was fixed and what is left.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: it is no Python, or too deep.
        LostEditError, libcst.ParserSyntaxError: it cannot be changed.
    """
    if SEALED not in text and not others.tracers:
        return Migration(text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        facts = Facts(text, settings, others)
        plan = planned(facts)
        left = tuple(sorted(plan.left.values()))
        tracers = facts.tracers()
        if not plan.fixed:
            return Migration(text, left=left, remaining=left, tracers=tracers)
        refuse_too_deep(facts.tree)
        new = carried_out(text, plan)
        remaining = planned(Facts(new, settings, others)).left
    return Migration(
        new,
        tuple(sorted(plan.fixed)),
        left,
        tuple(sorted(remaining.values())),
        tuple(sorted(plan.notes)),
        frozenset(plan.names - {""}),
        tracers,
    )


def planned(facts: Facts) -> Plan:
    """Return what is to be changed in a file, and what is left."""
    plan = Plan(facts, facade_name(facts))
    spans = Spans(facts, all_judges())
    for call in facts.all_of(ast.Call):
        judged = spans.verdict(call)
        if judged is not None:
            _follow(call, *judged, plan)
    for found in all_idioms():
        if found.idiom.finish is not None:
            found.idiom.finish(spans, plan)
    settle_imports(facts, plan)
    add_imports(facts, plan)
    return plan


def _follow(call: ast.Call, idiom: str, verdict: Verdict, plan: Plan) -> None:
    if isinstance(verdict, Rewrite):
        verdict.apply(plan)
        if verdict.note:
            plan.note(call, idiom, verdict.note, shown=call.func)
    elif not verdict.silent:
        plan.leave(call, idiom, verdict.reason, shown=call.func)
