"""Spans that a decorator starts."""

from __future__ import annotations

import pytest

from tests.lint_plugin.codemod.support import HEAD, assert_becomes, assert_left


def test_functions_coroutines_and_methods_are_decorated() -> None:
    """With a name, or with a declaration when there is a kind; other decorators stay where they are."""
    assert_becomes(
        """
        from functools import cache

        from opentelemetry import trace
        from opentelemetry.trace import SpanKind

        tracer = trace.get_tracer("shop")


        class Shop:
            @cache
            @tracer.start_as_current_span("open")  # slowly
            def open(self):
                trace.get_current_span().set_attribute("a", 1)


        @tracer.start_as_current_span(name="ask", kind=SpanKind.CLIENT)
        async def ask():
            return [lambda: (yield)]
        """,
        """
        from functools import cache

        import tracing_facade as tracing

        ASK = tracing.SpanSpec("ask", kind=tracing.SpanKind.CLIENT)


        class Shop:
            @cache
            @tracing.traced("open")  # slowly
            def open(self):
                tracing.current_span().set_attribute("a", 1)


        @tracing.traced(ASK)
        async def ask():
            return [lambda: (yield)]
        """,
    )


LEFT_ALONE = {
    "a generator": ("@tracer.start_as_current_span('work')\ndef f():\n    yield 1\n", "decorates a generator"),
    "an async generator": ("@tracer.start_as_current_span('work')\nasync def f():\n    yield 1\n", "a generator"),
    "attributes": ("@tracer.start_as_current_span('work', attributes={'a': 1})\ndef f(): pass\n", "attributes"),
    "a class": ("@tracer.start_as_current_span('work')\nclass A: pass\n", "not entered by `with`"),
    "an option": ("@tracer.start_as_current_span('work', end_on_exit=False)\ndef f(): pass\n", "end_on_exit=False"),
}  # fmt: skip


@pytest.mark.parametrize(("source", "reason"), LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_a_decorator_that_cannot_be_proven_is_left(source: str, reason: str) -> None:
    """Not one byte changes, and a person is told why."""
    assert_left(HEAD + source, reason)
