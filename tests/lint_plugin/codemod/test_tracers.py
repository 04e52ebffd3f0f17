"""Tracers: which variables hold one, and when the variable goes."""

from __future__ import annotations

import pytest

from lint_plugin.codemod.migration import migrate
from lint_plugin.codemod.names import Others
from tests.lint_plugin.codemod.support import assert_becomes, assert_left, migrated

REWRITES = {
    "an attribute of an object": (
        """
        from opentelemetry import trace

        class Client:
            _tracer: trace.Tracer

            def __init__(self):
                self._tracer = trace.get_tracer(__name__, "1.0")

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
    "an attribute of a class": (
        """
        from opentelemetry import trace

        class Client:
            tracer = trace.get_tracer(__name__)
            limit = 5

            def call(self):
                with self.tracer.start_as_current_span("call"):
                    return 1
        """,
        """
        import tracing_facade as tracing

        class Client:
            limit = 5

            def call(self):
                with tracing.start_span("call"):
                    return 1
        """,
    ),
    "an annotated variable, a local one, and one of a provider": (
        """
        from opentelemetry import trace

        TRACER: trace.Tracer = trace.get_tracer("a", tracer_provider=None)

        def f():
            tracer = trace.get_tracer_provider().get_tracer("b")
            with TRACER.start_as_current_span("a"), tracer.start_as_current_span("b"):
                pass
        """,
        """
        import tracing_facade as tracing

        def f():
            with tracing.start_span("a"), tracing.start_span("b"):
                pass
        """,
    ),
    "a function that returns a tracer": (
        """
        from opentelemetry import trace

        def tracer():
            return trace.get_tracer("a")

        def f():
            with tracer().start_as_current_span("a"):
                pass
        """,
        """
        import tracing_facade as tracing
        from opentelemetry import trace

        def tracer():
            return trace.get_tracer("a")

        def f():
            with tracing.start_span("a"):
                pass
        """,
    ),
    "a global that a function sets": (
        """
        from opentelemetry import trace

        def set_up():
            global tracer
            tracer = trace.get_tracer("a")

        def f():
            with tracer.start_as_current_span("a"):
                pass
        """,
        """
        import tracing_facade as tracing

        def set_up():
            global tracer

        def f():
            with tracing.start_span("a"):
                pass
        """,
    ),
    "one statement of several": (
        """
        from opentelemetry import trace
        limit = 5; tracer = trace.get_tracer("a"); most = 6
        with tracer.start_as_current_span("a"):
            pass
        """,
        """
        import tracing_facade as tracing
        limit = 5; most = 6
        with tracing.start_span("a"):
            pass
        """,
    ),
}


@pytest.mark.parametrize(("before", "after"), REWRITES.values(), ids=REWRITES)
def test_a_tracer_is_followed(before: str, after: str) -> None:
    """And its variable goes with its last use."""
    assert_becomes(before, after)


HEAD = "from opentelemetry import trace\n"
USE = "with tracer.start_as_current_span('w'): pass\n"
LEFT_ALONE = {
    "assigned twice": ("tracer = None\ntracer = trace.get_tracer('x')\n" + USE, "also something else"),
    "a provider of its own": ("tracer = trace.get_tracer('x', tracer_provider=P)\n" + USE, "provider of its own"),
    "stars": ("tracer = trace.get_tracer(*'x')\n" + USE, "provider of its own"),
    "that comes in": ("def f(tracer: trace.Tracer):\n    " + USE, "the facade has no tracer"),
    "that nobody uses": ("tracer = trace.get_tracer('x')\n", "perhaps another one does"),
    "that is handed on": ("tracer = trace.get_tracer('x')\nprint(tracer)\n", "handed to `print(...)`"),
    "that is handed on at once": ("print(trace.get_tracer('x'))\n", "handed to `print(...)`"),
    "of a function with two results": (
        "def tracer(x):\n    if x: return None\n    return trace.get_tracer('x')\n"
        "with tracer(1).start_as_current_span('w'): pass\n", "is returned"),
    "in a loop": ("for tracer in [trace.get_tracer('x')]:\n    " + USE, "handed on"),
    "of another object": (
        "class A:\n    def __init__(self, o):\n        o.tracer = trace.get_tracer('x')\n    def f(self):\n"
        "        with self.tracer.start_as_current_span('w'): pass\n", "is kept"),
    "an attribute that a method sets to None": (
        "class A:\n    def __init__(self):\n        self.tracer = trace.get_tracer('x')\n    def f(self):\n"
        "        with self.tracer.start_as_current_span('w'): pass\n    def close(self):\n        self.tracer = None\n",
        "also something else"),
}  # fmt: skip


@pytest.mark.parametrize(("source", "reason"), LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_a_tracer_that_is_not_proven_is_left(source: str, reason: str) -> None:
    """Not one byte changes, and a person is told why."""
    assert_left(HEAD + source, reason)


TRACED = HEAD + "tracer = trace.get_tracer('x')\n" + USE
STAYS = {
    "because of another use": (TRACED + "print(tracer)\n", "still used, first in line 4"),
    "because its arguments are computed": (
        HEAD + "tracer = trace.get_tracer(print())\n" + USE, "computed by calls"),
    "because __all__ names it": (TRACED + "__all__ = ['tracer']\n", "used in __all__"),
    "because another object of the class may have it": (
        HEAD + "class A:\n    def __init__(self):\n        self.t = trace.get_tracer('x')\n    def f(self, other):\n"
        "        with self.t.start_as_current_span('w'): print(other.t)\n", "not every use of t can be seen"),
    "because it is a field": (
        HEAD + "@dataclass\nclass A:\n    t: trace.Tracer = trace.get_tracer('x')\n    def f(self):\n"
        "        with self.t.start_as_current_span('w'): pass\n", "field of a decorated class"),
}  # fmt: skip


@pytest.mark.parametrize(("source", "reason"), STAYS.values(), ids=STAYS)
def test_a_variable_stays(source: str, reason: str) -> None:
    """Although the spans of this file are migrated."""
    migration = migrate(source)
    assert "tracing.start_span('w')" in migration.text
    assert "trace.get_tracer" in migration.text
    assert any(reason in left.reason for left in migration.left)


def test_a_tracer_that_another_file_reads_stays() -> None:
    """Dropping it would break that file."""
    after = migrated(TRACED, others=Others({"tracer": "main.py:3"}, {}))
    assert "tracer = trace.get_tracer('x')" in after
    assert "tracing.start_span" in after


@pytest.mark.parametrize("name", ["tracer", "trace"])
def test_what_another_file_replaces_is_left(name: str) -> None:
    """A test that patches it expects to be asked for spans."""
    migration = migrate(TRACED, others=Others({}, {name: "tests/test_main.py:7"}))
    assert migration.text == TRACED
    assert migration.left


def test_a_tracer_of_another_file_is_one() -> None:
    """When it is proven to be one there; its import goes with its last use."""
    source = "from .telemetry import name, tracer\n" + USE
    after = migrated(source, others=Others({}, {}, frozenset({".telemetry:tracer"})))
    with_span = "with tracing.start_span('w'): pass\n"
    assert after == "import tracing_facade as tracing\n\nfrom .telemetry import name\n" + with_span


def test_a_migration_tells_which_names_are_tracers() -> None:
    """Other files may import them."""
    assert migrate(HEAD + "TRACER = trace.get_tracer('x')\nother = 5\n").tracers == {"TRACER"}
