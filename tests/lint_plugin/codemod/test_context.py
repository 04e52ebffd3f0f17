"""Context that goes out and comes in, and the current span."""

from __future__ import annotations

import pytest

from tests.lint_plugin.codemod.support import assert_becomes, assert_left

REWRITES = {
    "the current span": (
        """
        from opentelemetry.trace import get_current_span as current

        def f(x):
            current().set_attribute("x", x)
            span = current()
            if span is not None and span.is_recording():
                span.set_attribute("x", x)
            current()
        """,
        """
        import tracing_facade as tracing

        def f(x):
            tracing.current_span().set_attribute("x", x)
            span = tracing.current_span()
            if span is not None and span.is_recording():
                span.set_attribute("x", x)
            tracing.current_span()
        """,
    ),
    "the current span by an assignment expression": (
        """
        from opentelemetry import trace

        def f(x):
            if (span := trace.get_current_span()).is_recording():
                span.set_attribute("x", x)
        """,
        """
        import tracing_facade as tracing

        def f(x):
            if (span := tracing.current_span()).is_recording():
                span.set_attribute("x", x)
        """,
    ),
    "inject": (
        """
        from opentelemetry import propagate
        from opentelemetry.propagate import inject as put

        def f(headers):
            propagate.inject(headers)
            put(carrier=headers, context=None)
        """,
        """
        import tracing_facade as tracing

        def f(headers):
            tracing.inject(headers)
            tracing.inject(carrier=headers)
        """,
    ),
    "extract into a variable, and on the spot": (
        """
        from opentelemetry import trace
        from opentelemetry.propagate import extract

        tracer = trace.get_tracer(__name__)

        def f(headers):
            context = extract(headers)
            print("between")
            with open("x"), tracer.start_as_current_span("work", context=context, kind=trace.SpanKind.SERVER):
                pass

        def g(headers):
            with tracer.start_as_current_span("work", context=extract(carrier=headers)) as span:
                span.set_attribute("a", 1)
        """,
        """
        import tracing_facade as tracing
        from tracing_facade.trust import trust_everyone

        WORK = tracing.SpanSpec("work", kind=tracing.SpanKind.SERVER)

        def f(headers):
            context = tracing.extract(headers, trust=trust_everyone)
            print("between")
            with open("x"), context, tracing.start_span(WORK):
                pass

        def g(headers):
            with tracing.extract(headers, trust=trust_everyone), tracing.start_span("work") as span:
                span.set_attribute("a", 1)
        """,
    ),
    "attach and detach": (
        """
        from opentelemetry import context, propagate

        def f(headers):
            token = context.attach(propagate.extract(headers))
            try:
                # the work
                return 1
            finally:
                context.detach(token)
        """,
        """
        import tracing_facade as tracing
        from tracing_facade.trust import trust_everyone

        def f(headers):
            with tracing.extract(headers, trust=trust_everyone):
                # the work
                return 1
        """,
    ),
    "attach with a variable and other handlers": (
        """
        from opentelemetry.context import attach, detach
        from opentelemetry.propagate import extract

        def f(headers):
            came = extract(headers)
            token = attach(came)
            try:
                return 1
            except ValueError:
                return 2
            finally:
                detach(token)
        """,
        """
        import tracing_facade as tracing
        from tracing_facade.trust import trust_everyone

        def f(headers):
            came = tracing.extract(headers, trust=trust_everyone)
            with came:
                try:
                    return 1
                except ValueError:
                    return 2
        """,
    ),
    "a rule that is imported already": (
        """
        from opentelemetry import trace
        from opentelemetry.propagate import extract
        from tracing_facade.trust import trust_everyone

        with trace.get_tracer("x").start_as_current_span("w", context=extract({})):
            print(trust_everyone)
        """,
        """
        import tracing_facade as tracing
        from tracing_facade.trust import trust_everyone

        with tracing.extract({}, trust=trust_everyone), tracing.start_span("w"):
            print(trust_everyone)
        """,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), REWRITES.values(), ids=REWRITES)
def test_context_becomes(before: str, after: str) -> None:
    """Exactly this."""
    assert_becomes(before, after)


HEAD = """\
from opentelemetry import context, trace
from opentelemetry.propagate import extract, inject

tracer = trace.get_tracer("x")

"""
LEFT_ALONE = {
    "the current span of another context": ("trace.get_current_span(context.get_current()).set_attribute('a', 1)\n",
                                            "another context"),
    "the current span, handed on": ("print(trace.get_current_span())\n", "`print(...)`"),
    "the current span, kept": ("class A:\n    def f(self):\n        self._span = trace.get_current_span()\n",
                               "kept on an object"),
    "inject with a setter": ("inject({}, setter=3)\n", "more than the carrier"),
    "inject of another context": ("inject({}, context.get_current())\n", "more than the carrier"),
    "inject with stars": ("inject(**{})\n", "told apart"),
    "extract with a getter": ("with tracer.start_as_current_span('w', context=extract({}, getter=3)): pass\n",
                              "more than the carrier"),
    "an extracted context that is used twice": (
        "c = extract({})\nprint(c)\nwith tracer.start_as_current_span('w', context=c): pass\n", "another way"),
    "an extracted context that is returned": ("def f():\n    return extract({})\n", "another way"),
    "an extracted context of a span that is left": (
        "with tracer.start_as_current_span('w', context=extract({})) as s:\n    print(s)\n", "stays"),
    "an extracted context of a function inside": (
        "def f():\n    c = extract({})\n    def g():\n"
        "        with tracer.start_as_current_span('w', context=c): pass\n",
        "another way"),
    "attach without detach": ("token = context.attach(extract({}))\n", "`finally`"),
    "detach elsewhere": (
        "token = context.attach(extract({}))\nprint()\ntry:\n    pass\nfinally:\n    context.detach(token)\n",
        "`finally`"),
    "more than detach": (
        "token = context.attach(extract({}))\ntry:\n    pass\nfinally:\n    context.detach(token)\n    print()\n",
        "`finally`"),
    "another context": (
        "token = context.attach(context.Context())\ntry:\n    pass\nfinally:\n    context.detach(token)\n",
        "`finally`"),
    "an imported name that gets another value": (
        "try:\n    from opentelemetry.trace import get_current_span\nexcept ImportError:\n    get_current_span = None\n"
        "get_current_span().set_attribute('a', 1)\n", "more than one place"),
    "an import that may fail": (
        "try:\n    from opentelemetry.trace import get_current_span\nexcept ImportError:\n    pass\n"
        "get_current_span().set_attribute('a', 1)\n", "may fail"),
    "an import under a condition": (
        "if HEAD:\n    from opentelemetry.trace import get_current_span\n"
        "get_current_span().set_attribute('a', 1)\n", "under a condition"),
    "a pattern that hides the import": (
        "match 1:\n    case trace: pass\ntrace.get_current_span().set_attribute('a', 1)\n", "more than one place"),
}  # fmt: skip


@pytest.mark.parametrize(("source", "reason"), LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_context_that_cannot_be_proven_is_left(source: str, reason: str) -> None:
    """Not one byte changes, and a person is told why."""
    assert_left(HEAD + source, reason)


def test_a_parameter_that_has_the_name_of_the_import_is_another_thing() -> None:
    """Names are followed, not compared."""
    assert_left("from opentelemetry import trace\ndef f(trace):\n    trace.get_current_span().end()\n", "uses trace")
