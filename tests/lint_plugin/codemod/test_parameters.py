"""Spans that are handed to functions of the same file."""

from __future__ import annotations

import pytest

from tests.lint_plugin.codemod.support import HEAD, assert_becomes, assert_left

REWRITES = {
    "a private function, all of whose callers are known": (
        """
        from opentelemetry import trace
        from opentelemetry.trace import Span, StatusCode

        tracer = trace.get_tracer("x")

        def f(e):
            with tracer.start_as_current_span("w") as span:
                _fail(span, e)
            _fail(trace.get_current_span(), error=e)

        def _fail(span: Span, error) -> None:
            span.record_exception(error)
            span.set_status(StatusCode.ERROR)
        """,
        """
        import tracing_facade as tracing

        def f(e):
            with tracing.start_span("w") as span:
                _fail(span, e)
            _fail(tracing.current_span(), error=e)

        def _fail(span: tracing.Span, error) -> None:
            span.record_error(error)
        """,
    ),
    "a public function that does what both kinds can": (
        """
        from typing import Optional

        from opentelemetry import trace

        def note(value, span: Optional[trace.Span] = None):
            if span:
                span.set_attribute("value", value)

        def quoted(span: "trace.Span | None"):
            note(1, span=span)
        """,
        """
        from typing import Optional

        import tracing_facade as tracing

        def note(value, span: Optional[tracing.Span] = None):
            if span:
                span.set_attribute("value", value)

        def quoted(span: "tracing.Span | None"):
            note(1, span=span)
        """,
    ),
    "a private method": (
        """
        from opentelemetry import trace

        class A:
            def f(self):
                with trace.get_tracer("x").start_as_current_span("w") as span:
                    self._end(span=span)

            def _end(self, *, span):
                span.set_status(trace.StatusCode.OK)
        """,
        """
        import tracing_facade as tracing

        class A:
            def f(self):
                with tracing.start_span("w") as span:
                    self._end(span=span)

            def _end(self, *, span):
                span.set_status(True)
        """,
    ),
    "a function inside of a function": (
        """
        from opentelemetry import trace

        def f():
            def end(span):
                span.set_status(trace.StatusCode.OK)

            end(trace.get_current_span())
        """,
        """
        import tracing_facade as tracing

        def f():
            def end(span):
                span.set_status(True)

            end(tracing.current_span())
        """,
    ),
    "another name for the same span": (
        """
        from opentelemetry import trace

        def f():
            span = trace.get_current_span()
            same: trace.Span = span
            same.set_attribute("a", 1)
        """,
        """
        import tracing_facade as tracing

        def f():
            span = tracing.current_span()
            same: tracing.Span = span
            same.set_attribute("a", 1)
        """,
    ),
}


@pytest.mark.parametrize(("before", "after"), REWRITES.values(), ids=REWRITES)
def test_a_span_is_followed(before: str, after: str) -> None:
    """Into the function, and back to all who call it."""
    assert_becomes(before, after)


START = "def f():\n    with tracer.start_as_current_span('w') as s:\n        "
LEFT_ALONE = {
    "a public function that needs to know the kind of span": (
        START + "end(s)\ndef end(span):\n    span.set_status(trace.StatusCode.OK)\n", "callers in other files"),
    "a private function that is also handed on": (
        START + "_end(s)\nmap(_end, [])\ndef _end(span):\n    span.set_status(trace.StatusCode.OK)\n",
        "callers in other files"),
    "a private function with another argument": (
        START + "_end(s)\ndef g(x): _end(x)\ndef _end(span):\n    span.set_status(trace.StatusCode.OK)\n",
        "may be an OpenTelemetry span"),
    "a function that hands it on": (START + "_end(s)\ndef _end(span):\n    print(span)\n", "`print(...)`"),
    "a decorated function": (
        "import functools\n" + START + "_end(s)\n@functools.cache\ndef _end(span):\n    span.set_attribute('a', 1)\n",
        "`_end(...)`"),
    "a public method, which may be overridden": (
        "class A:\n    def f(self):\n        with tracer.start_as_current_span('w') as s:\n            self.end(s)\n"
        "    def end(self, span):\n        span.set_attribute('a', 1)\n", "`self.end(...)`"),
    "a method of another object": (START + "x = A()\n        x._end(s)\nclass A:\n    def _end(self, span): pass\n",
                                   "`x._end(...)`"),
    "a function that also gets another span": (
        START + "_end(s)\ndef g(x): _end(x)\ndef _end(span):\n    span.set_attribute('a', 1)\n",
        "handed in in line 9"),
    "a parameter that takes the rest": (START + "_end(s)\ndef _end(*spans): pass\n", "`_end(...)`"),
    "a parameter that is assigned again": (
        START + "_end(s)\ndef _end(span):\n    span = 5\n", "`_end(...)`"),
    "a function with two definitions": (
        START + "_end(s)\nif f:\n    def _end(span): pass\nelse:\n    def _end(span): pass\n", "`_end(...)`"),
}  # fmt: skip


@pytest.mark.parametrize(("source", "reason"), LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_a_span_that_may_meet_other_code_is_left(source: str, reason: str) -> None:
    """Together with where it comes from."""
    assert_left(HEAD + source, reason)


def test_an_annotation_stays_where_the_span_of_a_caller_stays() -> None:
    """A type checker would complain about every such call."""
    source = "def f(x):\n    note(x)\ndef note(span: trace.Span):\n    span.set_attribute('a', 1)\n"
    assert_left("from opentelemetry import trace\n" + source, "handed in in line 3")


def test_an_annotated_parameter_that_needs_opentelemetrys_span_is_left() -> None:
    """With the reason at the annotation."""
    source = "from opentelemetry.trace import Span\ndef f(span: Span):\n    print(span.resource)\n"
    assert_left(source, "`span` is asked for its resource")
