"""What each idiom becomes, and what is left alone with which reason."""

from __future__ import annotations

import textwrap

import pytest

from lint_plugin.codemod.migration import migrate


def migrated(source: str) -> str:
    """Return the source after the migration; it must compile and be stable."""
    before = textwrap.dedent(source).lstrip("\n")
    after = migrate(before.encode()).source.decode()
    compile(after, "after", "exec")
    assert migrate(after.encode()).source.decode() == after
    return after


def reasons(source: str) -> list[str]:
    """Return why what is left is left; the source must not have been changed."""
    before = textwrap.dedent(source).lstrip("\n").encode()
    migration = migrate(before)
    assert migration.source == before
    assert migration.fixed == ()
    return [left.reason for left in migration.left]


REWRITES = {
    "with": (
        """
        from opentelemetry import trace

        tracer = trace.get_tracer(__name__)


        def f():
            with tracer.start_as_current_span("work") as span:
                span.set_attribute("a", 1)
                span.set_attributes({"b": 2})
                span.add_event("done", {"c": 3})
                if span.is_recording():
                    pass
        """,
        """
        import tracing_facade as tracing


        def f():
            with tracing.start_span("work") as span:
                span.set_attribute("a", 1)
                span.set_attributes({"b": 2})
                span.add_event("done", {"c": 3})
                if span.is_recording():
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
            with t.get_tracer("x").start_as_current_span(name="a.b", kind=t.SpanKind.CLIENT):
                pass
        """,
        """
        import tracing_facade as tracing

        A_B = tracing.SpanSpec("a.b", kind=tracing.SpanKind.CLIENT)

        def f(links):
            with tracing.start_span(A_B, {"n": 1}, links=links):
                pass
            with tracing.start_span(A_B):
                pass
        """,
    ),
    "decorator": (
        """
        from opentelemetry import trace

        tracer = trace.get_tracer("shop")

        @tracer.start_as_current_span("work")
        async def f():
            trace.get_current_span().set_attribute("a", 1)
        """,
        """
        import tracing_facade as tracing

        @tracing.traced("work")
        async def f():
            tracing.current_span().set_attribute("a", 1)
        """,
    ),
    "tracer of an object": (
        """
        from opentelemetry import trace

        class Client:
            def __init__(self):
                self._tracer = trace.get_tracer(__name__)

            def call(self):
                with self._tracer.start_as_current_span("call"):
                    return 1
        """,
        """
        import tracing_facade as tracing

        class Client:
            def __init__(self):
                pass

            def call(self):
                with tracing.start_span("call"):
                    return 1
        """,
    ),
    "status": (
        """
        from opentelemetry import trace
        from opentelemetry.trace import Status, StatusCode

        tracer = trace.get_tracer(__name__)

        def f(e):
            with tracer.start_as_current_span("work") as span:
                span.set_status(Status(StatusCode.ERROR, "no"))
                span.set_status(trace.StatusCode.ERROR)
                span.set_status(Status(StatusCode.OK))
                span.record_exception(e)
                span.set_status(StatusCode.ERROR, str(e))
        """,
        """
        import tracing_facade as tracing

        def f(e):
            with tracing.start_span("work") as span:
                span.set_status(False, "no")
                span.set_status(False)
                span.set_status(True)
                span.record_error(e)
                span.set_status(False, str(e))
        """,
    ),
    "current span in a variable": (
        """
        from opentelemetry.trace import get_current_span

        def f(x):
            span = get_current_span()
            if span is not None and span.is_recording():
                span.set_attribute("x", x)
        """,
        """
        import tracing_facade as tracing

        def f(x):
            span = tracing.current_span()
            if span is not None and span.is_recording():
                span.set_attribute("x", x)
        """,
    ),
    "inject": (
        """
        from opentelemetry import propagate
        from opentelemetry.propagate import inject as put

        def f(headers):
            propagate.inject(headers)
            put(carrier=headers)
        """,
        """
        import tracing_facade as tracing

        def f(headers):
            tracing.inject(headers)
            tracing.inject(carrier=headers)
        """,
    ),
    "extract": (
        """
        from opentelemetry import trace
        from opentelemetry.propagate import extract

        tracer = trace.get_tracer(__name__)

        def f(headers):
            context = extract(headers)
            print("between")
            with tracer.start_as_current_span("work", context=context, kind=trace.SpanKind.SERVER):
                pass

        def g(headers):
            with tracer.start_as_current_span("work", context=extract(headers)) as span:
                span.set_attribute("a", 1)
        """,
        """
        import tracing_facade as tracing
        from tracing_facade.trust import trust_everyone

        WORK = tracing.SpanSpec("work", kind=tracing.SpanKind.SERVER)

        def f(headers):
            context = tracing.extract(headers, trust=trust_everyone)
            print("between")
            with context, tracing.start_span(WORK):
                pass

        def g(headers):
            with tracing.extract(headers, trust=trust_everyone), tracing.start_span("work") as span:
                span.set_attribute("a", 1)
        """,
    ),
    "the same variable in several blocks": (
        """
        from opentelemetry import trace
        tracer = trace.get_tracer(__name__)

        def f():
            with tracer.start_as_current_span("one") as span:
                span.set_attribute("a", 1)
            with tracer.start_as_current_span("two") as span:
                span.set_attribute("b", 2)
        """,
        """
        import tracing_facade as tracing

        def f():
            with tracing.start_span("one") as span:
                span.set_attribute("a", 1)
            with tracing.start_span("two") as span:
                span.set_attribute("b", 2)
        """,
    ),
    "comments, docstring, __future__, formatting": (
        '''
        #!/usr/bin/env python
        """Doc."""

        from __future__ import annotations

        import os

        # third-party
        from opentelemetry import trace

        TRACER = trace.get_tracer(__name__)

        def f() :
            # why
            with TRACER.start_as_current_span( "work" ) :  # here
                return os.name
        ''',
        '''
        #!/usr/bin/env python
        """Doc."""

        from __future__ import annotations

        import os

        # third-party
        import tracing_facade as tracing

        def f() :
            # why
            with tracing.start_span("work") :  # here
                return os.name
        ''',
    ),
    "imports inside of functions": (
        """
        def f():
            from opentelemetry import trace
            with trace.get_tracer(__name__).start_as_current_span("work"):
                return 1
        """,
        """
        import tracing_facade as tracing
        def f():
            with tracing.start_span("work"):
                return 1
        """,
    ),
    "a name that is taken": (
        """
        from opentelemetry import trace
        tracing = 5
        with trace.get_tracer(__name__).start_as_current_span("work"):
            print(tracing)
        """,
        """
        import tracing_facade
        tracing = 5
        with tracing_facade.start_span("work"):
            print(tracing)
        """,
    ),
    "annotated parameter": (
        """
        from opentelemetry.trace import Span

        def note(span: Span, value: int) -> None:
            span.set_attribute("value", value)
        """,
        """
        import tracing_facade as tracing

        def note(span: tracing.Span, value: int) -> None:
            span.set_attribute("value", value)
        """,
    ),
    "others that share an import": (
        """
        from opentelemetry import metrics, trace

        meter = metrics.get_meter(__name__)
        tracer = trace.get_tracer(__name__)

        with tracer.start_as_current_span("work"):
            pass
        """,
        """
        import tracing_facade as tracing
        from opentelemetry import metrics

        meter = metrics.get_meter(__name__)

        with tracing.start_span("work"):
            pass
        """,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), REWRITES.values(), ids=REWRITES)
def test_an_idiom_becomes(before: str, after: str) -> None:
    """Exactly this, and comments and formatting of everything else stay."""
    assert migrated(before).strip() == textwrap.dedent(after).strip()


_HEAD = "from opentelemetry import trace\ntracer = trace.get_tracer(__name__)\n"
LEFT_ALONE = {
    "a name that is not literal": (_HEAD + "def f(x):\n    with tracer.start_as_current_span(f'work {x}'): pass\n",
        "not a literal"),
    "a name in a variable": (_HEAD + "def f(x):\n    with tracer.start_as_current_span(x): pass\n", "not a literal"),
    "start_span": (_HEAD + "span = tracer.start_span('work')\nspan.end()\n", "another way"),
    "a span that is handed on": (_HEAD + "with tracer.start_as_current_span('work') as s:\n    print(s)\n",
        "handed on"),
    "a span that is returned": (
        _HEAD + "def f():\n    with tracer.start_as_current_span('work') as s:\n        return s\n", "handed on"),
    "a method that we lack": (
        _HEAD + "with tracer.start_as_current_span('work') as s:\n    s.get_span_context()\n", "get_span_context"),
    "a time stamp": (_HEAD + "with tracer.start_as_current_span('w') as s:\n    s.add_event('x', {}, 5)\n",
        "add_event"),
    "no recording of exceptions": (
        _HEAD + "with tracer.start_as_current_span('work', record_exception=False): pass\n", "record_exception=False"),
    "stars": (_HEAD + "def f(**o):\n    with tracer.start_as_current_span('work', **o): pass\n", "told apart"),
    "a context from elsewhere": (
        _HEAD + "def f(c):\n    with tracer.start_as_current_span('work', context=c): pass\n", "context="),
    "a context that is used twice": (
        _HEAD + "from opentelemetry.propagate import extract\ndef f(h):\n    c = extract(h)\n    print(c)\n"
        "    with tracer.start_as_current_span('work', context=c): pass\n", "context="),
    "a decorated generator": (_HEAD + "@tracer.start_as_current_span('work')\ndef f():\n    yield 1\n", "generator"),
    "a decorator with attributes": (
        _HEAD + "@tracer.start_as_current_span('work', attributes={'a': 1})\ndef f(): pass\n", "attributes"),
    "a tracer that is assigned twice": (_HEAD + "tracer = None\nwith tracer.start_as_current_span('w'): pass\n", ""),
    "a tracer that comes in": ("from opentelemetry.trace import Tracer\ndef f(t: Tracer):\n"
                               "    with t.start_as_current_span('work'): pass\n", "no tracer"),
    "an import that may fail": (
        "try:\n    from opentelemetry import trace\nexcept ImportError:\n    trace = None\n"
        "with trace.get_tracer('x').start_as_current_span('w'): pass\n", "more than one place"),
    "set-up": ("from opentelemetry.sdk.trace import TracerProvider\nTracerProvider()\n", "configure"),
    "metrics": ("from opentelemetry import metrics\nmetrics.get_meter('x')\n", "metrics are not traces"),
    "a star import": ("from opentelemetry.trace import *\nget_current_span()\n", "star import"),
    "inject with a setter": ("from opentelemetry.propagate import inject\ninject({}, setter=3)\n",
        "more than the carrier"),
    "a wider current span": ("from opentelemetry import trace\nprint(trace.get_current_span())\n", "handed on"),
    "an unused import": ("from opentelemetry import trace\n", "nothing in this file uses trace"),
    "a tracer nobody uses": (_HEAD, "perhaps another one does"),
    "public tracer attribute": (
        "from opentelemetry import trace\nclass A:\n    def __init__(self): self.tracer = trace.get_tracer('x')\n"
        "    def f(self):\n        with self.tracer.start_as_current_span('w'): pass\n", ""),
}  # fmt: skip


@pytest.mark.parametrize(("source", "reason"), LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_what_cannot_be_proven_is_left_alone(source: str, reason: str) -> None:
    """Not one byte changes, and a person is told why."""
    found = reasons(source)
    assert found
    assert any(reason in said for said in found), found


def test_code_without_opentelemetry_is_not_even_parsed() -> None:
    """So other files cost nothing, and may have any syntax."""
    assert migrate(b"def (") == (b"def (", (), ())


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_line_ends_and_encoding_stay(ending: str) -> None:
    """Byte for byte, except where something is migrated."""
    text = (
        '# coding: latin-1\nfrom opentelemetry import trace\nx = "é"\ntrace.get_current_span().set_attribute("a", x)\n'
    )
    after = migrate(text.replace("\n", ending).encode("latin-1")).source
    assert after == (
        '# coding: latin-1\nimport tracing_facade as tracing\nx = "é"\ntracing.current_span().set_attribute("a", x)\n'
    ).replace("\n", ending).encode("latin-1")


def test_one_part_can_be_migrated_without_the_other() -> None:
    """What is migrated and what is left live in one file: spans of both nest in each other."""
    source = _HEAD + "with tracer.start_as_current_span('one'): pass\nwith tracer.start_as_current_span(str(2)): pass\n"
    migration = migrate(source.encode())
    assert (
        b"with tracing.start_span('one'): pass\nwith tracer.start_as_current_span(str(2)): pass\n" in migration.source
    )
    assert b"from opentelemetry import trace\ntracer = trace.get_tracer(__name__)\n" in migration.source
    assert {left.line for left in migration.left} == {2, 4}


def test_a_tracer_that_another_file_imports_stays() -> None:
    """Dropping it would break that file."""
    source = _HEAD + "with tracer.start_as_current_span('one'): pass\n"
    assert b"tracer = trace.get_tracer" in migrate(source.encode(), frozenset({"tracer"})).source
