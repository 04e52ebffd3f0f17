"""Spans that ``with`` starts."""

from __future__ import annotations

import pytest

from tests.lint_plugin.codemod.support import HEAD, assert_becomes, assert_left

REWRITES = {
    "a literal name": (
        """
        from opentelemetry import trace

        tracer = trace.get_tracer(__name__)


        def f():
            with tracer.start_as_current_span("work") as span:
                span.set_attribute("a", 1)
        """,
        """
        import tracing_facade as tracing


        def f():
            with tracing.start_span("work") as span:
                span.set_attribute("a", 1)
        """,
    ),
    "in a coroutine, without a variable, by keyword": (
        """
        import opentelemetry.trace

        async def f():
            with opentelemetry.trace.get_tracer("x").start_as_current_span(name="work"):
                await g()
        """,
        """
        import tracing_facade as tracing

        async def f():
            with tracing.start_span("work"):
                await g()
        """,
    ),
    "a computed name of an internal span": (
        """
        from opentelemetry.trace import get_tracer

        def f(x):
            with get_tracer("x").start_as_current_span(f"work {x}"), get_tracer("x").start_as_current_span(x):
                pass
        """,
        """
        import tracing_facade as tracing

        def f(x):
            with tracing.start_span(f"work {x}"), tracing.start_span(x):
                pass
        """,
    ),
    "kind, attributes and links": (
        """
        import opentelemetry.trace as t
        from opentelemetry.trace import SpanKind as K

        def f(links):
            with t.get_tracer("x").start_as_current_span("a.b", kind=K.CLIENT, attributes={"n": 1}, links=links):
                pass
            with t.get_tracer("x").start_as_current_span("a.b", None, t.SpanKind.CLIENT, {"n": 1}, links):
                pass
            with t.get_tracer("x").start_as_current_span("a.b", kind=t.SpanKind.INTERNAL, attributes=None):
                pass
        """,
        """
        import tracing_facade as tracing

        A_B = tracing.SpanSpec(
            "a.b",
            kind=tracing.SpanKind.CLIENT,
            attributes=(
                tracing.AttributeSpec("n", int),
            ),
        )

        def f(links):
            with tracing.start_span(A_B, attributes={"n": 1}, links=links):
                pass
            with tracing.start_span(A_B, {"n": 1}, links=links):
                pass
            with tracing.start_span("a.b"):
                pass
        """,
    ),
    "declarations get free names": (
        """
        from opentelemetry import trace
        from opentelemetry.trace import SpanKind

        tracer = trace.get_tracer("x")
        WORK = 5

        with tracer.start_as_current_span("work", kind=SpanKind.SERVER):
            pass
        with tracer.start_as_current_span("work", kind=SpanKind.CLIENT):
            pass
        """,
        """
        import tracing_facade as tracing

        WORK_2 = tracing.SpanSpec("work", kind=tracing.SpanKind.SERVER)
        WORK_3 = tracing.SpanSpec("work", kind=tracing.SpanKind.CLIENT)

        WORK = 5

        with tracing.start_span(WORK_2):
            pass
        with tracing.start_span(WORK_3):
            pass
        """,
    ),
    "a declaration that is there already is used": (
        """
        import tracing_facade as tracing
        from opentelemetry import trace

        ASK = tracing.SpanSpec("ask", kind=tracing.SpanKind.CLIENT)

        with trace.get_tracer("x").start_as_current_span("ask", kind=trace.SpanKind.CLIENT):
            pass
        """,
        """
        import tracing_facade as tracing

        ASK = tracing.SpanSpec("ask", kind=tracing.SpanKind.CLIENT)

        with tracing.start_span(ASK):
            pass
        """,
    ),
    "a constant name with a kind": (
        """
        from opentelemetry import trace

        NAME = "ask"

        def f():
            with trace.get_tracer("x").start_as_current_span(NAME, kind=trace.SpanKind.CLIENT):
                pass
        """,
        """
        import tracing_facade as tracing

        ASK = tracing.SpanSpec("ask", kind=tracing.SpanKind.CLIENT)

        NAME = "ask"

        def f():
            with tracing.start_span(ASK):
                pass
        """,
    ),
    "a declaration has what the span is given": (
        """
        from opentelemetry import trace

        tracer = trace.get_tracer("x")

        def f(order: dict[str, int], user: str, unknown):
            kinds = {"attributes": {"a.text": user, "no key": 1}}
            with tracer.start_as_current_span("w", kind=trace.SpanKind.SERVER, attributes={"a.count": len(order)}) as s:
                s.set_attribute("a.share", 1 / 2)
                s.set_attribute("a.unknown", unknown)
                s.set_attributes({"a.on": not user, "a.list": [u for u in order.keys()]})
                s.add_event("a.event", {"b.text": f"{user}"})
                s.add_event(user)
            with tracer.start_as_current_span("w", kind=trace.SpanKind.SERVER) as s:
                s.set_attribute("a.count", 1.5)
        """,
        """
        import tracing_facade as tracing

        W = tracing.SpanSpec(
            "w",
            kind=tracing.SpanKind.SERVER,
            attributes=(
                tracing.AttributeSpec("a.count", float),
                tracing.AttributeSpec("a.share", float),
                tracing.AttributeSpec("a.on", bool),
            ),
            events=(
                tracing.EventSpec("a.event", attributes=(tracing.AttributeSpec("b.text"),)),
            ),
        )

        def f(order: dict[str, int], user: str, unknown):
            kinds = {"attributes": {"a.text": user, "no key": 1}}
            with tracing.start_span(W, attributes={"a.count": len(order)}) as s:
                s.set_attribute("a.share", 1 / 2)
                s.set_attribute("a.unknown", unknown)
                s.set_attributes({"a.on": not user, "a.list": [u for u in order.keys()]})
                s.add_event("a.event", {"b.text": f"{user}"})
                s.add_event(user)
            with tracing.start_span(W) as s:
                s.set_attribute("a.count", 1.5)
        """,
    ),
    "links to spans of the file": (
        """
        from opentelemetry import trace
        from opentelemetry.trace import Link

        tracer = trace.get_tracer("x")

        with tracer.start_as_current_span("one") as one:
            with tracer.start_as_current_span("two", links=[Link(one.get_span_context())]):
                pass
        """,
        """
        import tracing_facade as tracing

        with tracing.start_span("one") as one:
            with tracing.start_span("two", links=[one]):
                pass
        """,
    ),
    "the same variable in several blocks, one of which is left": (
        """
        from opentelemetry import trace

        tracer = trace.get_tracer("x")

        def f():
            with tracer.start_as_current_span("one") as span:
                span.set_attribute("a", 1)
            with tracer.start_as_current_span("two") as span:
                print(span)
        """,
        """
        import tracing_facade as tracing
        from opentelemetry import trace

        tracer = trace.get_tracer("x")

        def f():
            with tracing.start_span("one") as span:
                span.set_attribute("a", 1)
            with tracer.start_as_current_span("two") as span:
                print(span)
        """,
    ),
    "defaults that are said": (
        """
        from opentelemetry.trace import get_tracer

        with get_tracer("x").start_as_current_span(
            "work", start_time=None, record_exception=True, set_status_on_exception=True, end_on_exit=True
        ):
            pass
        """,
        """
        import tracing_facade as tracing

        with tracing.start_span(
            "work"
        ):
            pass
        """,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), REWRITES.values(), ids=REWRITES)
def test_a_start_becomes(before: str, after: str) -> None:
    """Exactly this."""
    assert_becomes(before, after)


LEFT_ALONE = {
    "a name that cannot be declared": (
        "with tracer.start_as_current_span('Ask: it', kind=trace.SpanKind.CLIENT): pass\n",
        "'Ask: it' cannot be declared"),
    "a computed name with a kind": (
        "def f(x):\n    with tracer.start_as_current_span(x, kind=trace.SpanKind.CLIENT): pass\n",
        "computed and it is a client span"),
    "a kind that is computed": (
        "def f(k):\n    with tracer.start_as_current_span('x', kind=k): pass\n", "its kind is computed"),
    "a manual span": ("span = tracer.start_span('work')\nspan.end()\n", "does not end with a `with` block"),
    "a manual span as context manager": (
        "with tracer.start_span('work'): pass\n", "does not end with a `with` block"),
    "entered later": ("block = tracer.start_as_current_span('work')\nblock.__enter__()\n", "not entered by `with`"),
    "returned": ("def f():\n    return tracer.start_as_current_span('work')\n", "not entered by `with`"),
    "bound to something that is no name": (
        "class A: pass\nwith tracer.start_as_current_span('work') as A.span: pass\n", "not entered by `with`"),
    "handed to a function": ("with tracer.start_as_current_span('work') as s:\n    print(s)\n", "`print(...)`"),
    "returned span": ("def f():\n    with tracer.start_as_current_span('work') as s:\n        return s\n",
        "is returned"),
    "yielded span": ("def f():\n    with tracer.start_as_current_span('work') as s:\n        yield s\n",
        "is yielded"),
    "kept span": ("def f(o):\n    with tracer.start_as_current_span('work') as s:\n        o.span = s\n",
        "is kept"),
    "a span in a list": ("with tracer.start_as_current_span('work') as s:\n    x = [s]\n", "handed on"),
    "a span that is compared": ("with tracer.start_as_current_span('work') as s:\n    x = s == 1\n", "handed on"),
    "a span that is a value of `or`": (
        "with tracer.start_as_current_span('work') as s:\n    x = None or s\n", "handed on"),
    "a method that we lack": (
        "with tracer.start_as_current_span('work') as s:\n    s.update_name('x')\n", "update_name"),
    "an attribute of the SDK's span": (
        "with tracer.start_as_current_span('work') as s:\n    print(s.attributes)\n", "asked for its attributes"),
    "a variable that is something else too": (
        "with tracer.start_as_current_span('work') as s:\n    s = 5\n", "is also something else"),
    "a variable after its block": (
        "with tracer.start_as_current_span('a') as s: pass\nwith open('b') as s: pass\nprint(s)\n",
        "is also something else"),
    "no recording of exceptions": (
        "with tracer.start_as_current_span('work', record_exception=False): pass\n", "record_exception=False"),
    "a start time": (
        "def f(t):\n    with tracer.start_as_current_span('work', start_time=t): pass\n", "start_time=t"),
    "stars": ("def f(o):\n    with tracer.start_as_current_span('work', **o): pass\n", "told apart"),
    "a context from elsewhere": (
        "def f(c):\n    with tracer.start_as_current_span('work', context=c): pass\n", "context="),
    "async with": ("async def f():\n    async with tracer.start_as_current_span('work'): pass\n",
        "not entered by `with`"),
}  # fmt: skip


@pytest.mark.parametrize(("source", "reason"), LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_a_start_that_cannot_be_proven_is_left(source: str, reason: str) -> None:
    """Not one byte changes, and a person is told why."""
    assert_left(HEAD + source, reason)
