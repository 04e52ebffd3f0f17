"""What is done with a span: attributes, events, status, errors, ids."""

from __future__ import annotations

import re
import textwrap

import pytest

from lint_plugin.codemod.migration import migrate
from tests.lint_plugin.codemod.support import HEAD, assert_left, migrated

# What stands in a `with` block that binds `span`, before and after; `error` and `text` are parameters.
BODIES = {
    "attributes": ("span.set_attribute('a', 1)\nspan.set_attributes(attributes={'b': 2})", None),
    "recording": ("if span and span.is_recording() and not text:\n    pass", None),
    "compared with None": ("if span is not None:\n    span.set_attribute('a', 1)", None),
    "in a function inside": ("def later():\n    span.set_attribute('a', 1)", None),
    "in a comprehension": ("[span.set_attribute(k, 1) for k in text]", None),
    "an event": ("span.add_event('done', {'a': 1})", None),
    "an event by keyword": ("span.add_event(attributes={'a': 1}, name='done')",
                            "span.add_event('done', attributes={'a': 1})"),
    "an event without a time": ("span.add_event('done', {}, None)", "span.add_event('done', {})"),
    "error": ("span.set_status(Status(StatusCode.ERROR))", "span.set_status(False)"),
    "error with a description": ("span.set_status(Status(StatusCode.ERROR, f'no {text}'))",
                                 "span.set_status(False, f'no {text}')"),
    "error by keyword": ("span.set_status(Status(status_code=StatusCode.ERROR, description=text))",
                         "span.set_status(False, text)"),
    "bare code": ("span.set_status(trace.StatusCode.ERROR, text)", "span.set_status(False, text)"),
    "bare code by keyword": ("span.set_status(status=StatusCode.ERROR, description=text)",
                             "span.set_status(False, text)"),
    "ok": ("span.set_status(trace.Status(trace.StatusCode.OK, None))", "span.set_status(True)"),
    "ok or error": ("span.set_status(StatusCode.OK if text else StatusCode.ERROR)",
                    "span.set_status(True if text else False)"),
    "exception and error": ("span.record_exception(error)\nspan.set_status(Status(StatusCode.ERROR, str(error)))",
                            "span.record_error(error)"),
    "error and exception": ("span.set_status(StatusCode.ERROR)\nspan.record_exception(exception=error)",
                            "span.record_error(exception=error)"),
    "exception and the error that OpenTelemetry writes": (
        "span.record_exception(error)\nspan.set_status(StatusCode.ERROR, f'{type(error).__name__}: {error}')",
        "span.record_error(error)"),
    "exception and another description": (
        "span.record_exception(error)\nspan.set_status(StatusCode.ERROR, 'refused')",
        "span.record_error(error)\nspan.set_status(False, 'refused')"),
    "another description first": (
        "span.set_status(StatusCode.ERROR, 'refused')\nspan.record_exception(error)",
        "span.record_error(error)\nspan.set_status(False, 'refused')"),
    "exception between two errors": (
        "span.set_status(StatusCode.ERROR)\nspan.record_exception(error)\nspan.set_status(StatusCode.ERROR)",
        "span.set_status(False)\nspan.record_error(error)"),
    "exception and success": (
        "span.record_exception(error)\nspan.set_status(StatusCode.OK)",
        "span.record_exception(error)\nspan.set_status(True)"),
    "exception with attributes and error": (
        "span.record_exception(error, {'a': 1})\nspan.set_status(StatusCode.ERROR)",
        "span.record_exception(error, {'a': 1})\nspan.set_status(False)"),
    "exception and the error of another span": (
        "span.record_exception(error)\ntrace.get_current_span().set_status(StatusCode.ERROR)",
        "span.record_exception(error)\ntracing.current_span().set_status(False)"),
    "trace id": ("print(trace.format_trace_id(span.get_span_context().trace_id))", "print(span.trace_id)"),
    "span id of the current span": (
        "print(format(trace.get_current_span().get_span_context().span_id, '016x'))",
        "print(tracing.current_span().span_id)"),
}  # fmt: skip


def block(body: str) -> str:
    """Return a program with one `with` block, and the imports that it needs."""
    names = [name for name in ("Status", "StatusCode") if re.search(rf"(?<!\.)\b{name}\b", body)]
    imports = f"from opentelemetry.trace import {', '.join(names)}\n" if names else ""
    start = "with trace.get_tracer('x').start_as_current_span('w') as span:"
    return f"from opentelemetry import trace\n{imports}\ndef f(error, text):\n    {start}\n{_indented(body)}"


def _indented(body: str) -> str:
    return textwrap.indent(body, " " * 8) + "\n"


@pytest.mark.parametrize(("before", "after"), BODIES.values(), ids=BODIES)
def test_a_use_becomes(before: str, after: str | None) -> None:
    """Exactly this; what both kinds of span have in common stays as it is."""
    found = migrated(block(before))
    assert found.partition("as span:\n")[2] == _indented(before if after is None else after)
    assert "opentelemetry" not in found


LEFT_ALONE = {
    "a time stamp": ("s.add_event('x', {}, 5)\n", "no timestamp"),
    "a computed status": ("s.set_status(trace.Status(print()))\n", "not one of StatusCode's members"),
    "unset": ("s.set_status(trace.Status(trace.StatusCode.UNSET))\n", "not one of StatusCode's members"),
    "a status with two descriptions": (
        "s.set_status(trace.Status(trace.StatusCode.ERROR), 'text')\n", "not one of StatusCode's members"),
    "stars": ("s.set_attribute(*'ab')\n", "told apart"),
    "an unknown argument": ("s.set_attribute('a', 1, colour='red')\n", "told apart"),
    "the context object": ("print(s.get_span_context())\n", "no context object"),
    "an id as a number": ("print(s.get_span_context().trace_id)\n", "no context object"),
    "an id in another form": ("print(format(s.get_span_context().trace_id, 'x'))\n", "no context object"),
    "a method that is not called": ("later = s.set_attribute\n", "asked for its set_attribute"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "reason"), LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_a_span_with_another_use_is_left(body: str, reason: str) -> None:
    """The whole span is, since one use decides for all."""
    assert_left(HEAD + "with tracer.start_as_current_span('w') as s:\n    s.set_attribute('a', 1)\n    " + body, reason)


def test_an_exception_that_is_only_noted_is_reported() -> None:
    """It stays as it is, because record_error would set the error status."""
    source = "from opentelemetry import trace\ndef f(e):\n    trace.get_current_span().record_exception(e)\n"
    (note,) = migrate(source).notes
    assert (note.line, note.idiom) == (3, "record_exception")
    assert "sets no error status" in note.reason
