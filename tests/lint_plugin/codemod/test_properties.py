"""What holds for every program: a migration compiles, is stable, and touches nothing else."""

from __future__ import annotations

import ast
import io
import textwrap
import tokenize

from hypothesis import given, settings
from hypothesis import strategies as st

from lint_plugin.codemod.migration import migrate

_IMPORTS = """\
from opentelemetry import context, propagate, trace  # imports
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode
tracer = trace.get_tracer(__name__)
"""

_starts = st.sampled_from([
    "tracer.start_as_current_span('one')",
    "tracer.start_as_current_span('two', kind=SpanKind.CLIENT)",
    "tracer.start_as_current_span(\n    'three',  # name\n    kind=SpanKind.SERVER,  # kind\n    attributes={},\n)",
    "tracer.start_as_current_span(name, record_exception=False)",
    "tracer.start_as_current_span(name=name, links=[Link(span.get_span_context())])",
    "tracer.start_as_current_span('four', context=propagate.extract(headers))",
    "trace.get_tracer('x').start_as_current_span(f'five {name}')",
    "open(name)",
])  # fmt: skip
_names = st.sampled_from(["", " as span", " as other", " as self.span"])
_simple = st.sampled_from([
    "span.set_attribute('a', 1)  # why",
    "span.set_status(Status(StatusCode.ERROR, 'no'))",
    "span.record_exception(error)",
    "span.set_status(StatusCode.ERROR)",
    "span.add_event(name='x')",
    "trace.get_current_span().set_status(StatusCode.OK)",
    "other = trace.get_current_span()",
    "other.update_name('x')",
    "propagate.inject(headers); pass",
    "note(span)",
    "_fail(span, error)",
    "print(tracer)",
    "# nothing",
    "yield span",
    "token = context.attach(propagate.extract(headers))",
    "context.detach(token)",
])  # fmt: skip


def _indented(text: str) -> str:
    return textwrap.indent(text, "    ")


def _blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    bodies = st.lists(inner, min_size=1, max_size=3).map(lambda lines: _indented("\n".join([*lines, "pass"])))
    withs = st.builds("with {}{}:\n{}".format, _starts, _names, bodies)
    tries = st.builds("try:\n{}\nexcept ValueError as error:\n{}\nfinally:\n{}".format, bodies, bodies, bodies)
    ifs = st.builds("if span and span.is_recording():\n{}".format, bodies)
    return withs | tries | ifs


_statements = st.recursive(_simple, lambda inner: _blocks(inner) | inner, max_leaves=8)
_headers = st.sampled_from([
    "def f(span, name, headers, error):",
    "@tracer.start_as_current_span('decorated')  # why\nasync def f(span: Span, name, headers, error):",
    "def note(span: 'Span | None'):",
    "def _fail(span, error):",
    "class A:\n  def f(self, name):",
])  # fmt: skip
_functions = st.builds(
    lambda header, lines: f"{header}\n{_indented(_indented(chr(10).join([*lines, 'pass'])))}\n",
    _headers,
    st.lists(_statements, min_size=1, max_size=5),
)
programs = st.builds(
    lambda functions: f'"""Doc."""\n{_IMPORTS}\n' + "\n\n".join(functions), st.lists(_functions, min_size=1, max_size=4)
)


@settings(max_examples=40, deadline=None)
@given(programs)
def test_a_migration_compiles_and_is_stable(program: str) -> None:
    """What is migrated needs no second run, and is Python."""
    ast.parse(program)
    after = migrate(program)
    ast.parse(after.text)
    assert migrate(after.text).text == after.text


@settings(max_examples=40, deadline=None)
@given(programs)
def test_what_is_not_migrated_stays_as_it_is(program: str) -> None:
    """Without a migrated use not one character changes, and with one every comment stays but those of imports."""
    after = migrate(program)
    assert bool(after.fixed) is (after.text != program)
    missing = [comment for comment in _comments(program) if comment not in _comments(after.text)]
    assert set(missing) <= {"# imports"}


@settings(max_examples=40, deadline=None)
@given(programs)
def test_what_is_left_is_listed(program: str) -> None:
    """A file that still imports OpenTelemetry has an entry that says why."""
    after = migrate(program)
    if "opentelemetry" in after.text:
        assert after.left


def _comments(source: str) -> list[str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    texts = [token.string for token in tokens if token.type == tokenize.COMMENT]
    return [part for text in texts for part in text.split("  ")]
