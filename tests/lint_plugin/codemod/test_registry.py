"""Every idiom explains itself, and does what its explanation shows."""

from __future__ import annotations

import ast
import textwrap

import pytest

from lint_plugin.codemod.idiom import IncompleteIdiomError, RegisteredIdiom, all_idioms, registered
from tests.lint_plugin.codemod.support import migrated

# What the examples take for granted.
HEAD = """\
from opentelemetry import propagate, trace
from opentelemetry.context import attach, detach
from opentelemetry.trace import SpanKind, Status, StatusCode, format_trace_id

"""


def examples(found: RegisteredIdiom) -> tuple[str, str]:
    """Return the sources that an explanation shows, before and after."""
    before, after = found.explanation.partition("Before:\n")[2].split("After:\n")
    return textwrap.dedent(before).strip(), textwrap.dedent(after).strip()


def surrounded(source: str) -> str:
    """Return the example as a program: what it does not bind comes in, and its span is one of OpenTelemetry."""
    names = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    tracer = "tracer = trace.get_tracer(__name__)\n" if "tracer" in names and "tracer =" not in source else ""
    if "span" in names and "as span" not in source and "span:" not in source:
        return f"{HEAD}def f():\n    span = trace.get_current_span()\n{textwrap.indent(source, '    ')}\n"
    return f"{HEAD}{tracer}{source}\n"


@pytest.mark.parametrize("found", all_idioms(), ids=lambda found: found.idiom.name)
def test_an_idiom_does_what_it_shows(found: RegisteredIdiom) -> None:
    """The lines after `After:` are in the migrated program, those after `Before:` are not."""
    before, after = examples(found)
    use = "with tracer.start_as_current_span('w'): pass" if "tracer =" in before else ""
    program = migrated(surrounded(f"{before}\n{use}"))
    shown = [line.strip() for line in program.splitlines()]
    for line in after.splitlines():
        assert line.strip() in shown or line == "(nothing)", program
    if after == "(nothing)":
        assert before not in shown


def test_an_idiom_without_explanation_does_not_register() -> None:
    """The message says what is missing."""
    with pytest.raises(IncompleteIdiomError, match="lacks Before: and After:"):
        registered("lint_plugin.codemod.idioms")
