"""Imports that go, stay and come."""

from __future__ import annotations

import pytest

from lint_plugin.codemod.migration import migrate
from lint_plugin.settings import Settings
from tests.lint_plugin.codemod.support import assert_becomes, assert_left, migrated, reasons

REWRITES = {
    "docstring, __future__, sections and comments": (
        '''
        #!/usr/bin/env python
        # Copyright.

        """Doc."""

        from __future__ import annotations

        import os

        # third-party
        from opentelemetry import trace
        from zebra import stripes

        from . import orders

        TRACER = trace.get_tracer(__name__)


        def f() :
            # why
            with TRACER.start_as_current_span( "work" ) :  # here
                return os.name, stripes, orders
        ''',
        '''
        #!/usr/bin/env python
        # Copyright.

        """Doc."""

        from __future__ import annotations

        import os

        # third-party
        import tracing_facade as tracing
        from zebra import stripes

        from . import orders


        def f() :
            # why
            with tracing.start_span( "work" ) :  # here
                return os.name, stripes, orders
        ''',
    ),
    "sorted among others": (
        """
        import attrs
        import zebra
        from fastapi import FastAPI
        from opentelemetry import metrics, trace
        from opentelemetry.propagate import extract
        from uvicorn import run

        with trace.get_tracer("x").start_as_current_span("w", context=extract({})):
            pass
        """,
        """
        import attrs
        import tracing_facade as tracing
        import zebra
        from fastapi import FastAPI
        from opentelemetry import metrics
        from tracing_facade.trust import trust_everyone
        from uvicorn import run

        with tracing.extract({}, trust=trust_everyone), tracing.start_span("w"):
            pass
        """,
    ),
    "one order for both kinds of import": (
        """
        from attrs import define
        import opentelemetry.trace
        from zebra import stripes

        opentelemetry.trace.get_current_span().set_attribute("a", 1)
        """,
        """
        from attrs import define
        import tracing_facade as tracing
        from zebra import stripes

        tracing.current_span().set_attribute("a", 1)
        """,
    ),
    "inside of a function only": (
        """
        import os


        def f():
            from opentelemetry import trace

            with trace.get_tracer("x").start_as_current_span("w", kind=trace.SpanKind.CLIENT):
                return os.name
        """,
        """
        import os

        import tracing_facade as tracing

        W = tracing.SpanSpec("w", kind=tracing.SpanKind.CLIENT)


        def f():

            with tracing.start_span(W):
                return os.name
        """,
    ),
    "between the standard library and relative imports": (
        """
        from __future__ import annotations

        import os

        from . import orders


        def f():
            from opentelemetry.trace import get_current_span
            get_current_span().set_attribute(os.name, orders)
        """,
        """
        from __future__ import annotations

        import os

        import tracing_facade as tracing

        from . import orders


        def f():
            tracing.current_span().set_attribute(os.name, orders)
        """,
    ),
    "no import at the top": (
        '''
        """Doc."""


        def f():
            from opentelemetry import trace
            trace.get_current_span().set_attribute("a", 1)
        ''',
        '''
        """Doc."""

        import tracing_facade as tracing


        def f():
            tracing.current_span().set_attribute("a", 1)
        ''',
    ),
    "nothing at the top": (
        """
        def f():
            from opentelemetry.trace import get_tracer, SpanKind
            with get_tracer("x").start_as_current_span("w", kind=SpanKind.CLIENT):
                pass
        """,
        """
        import tracing_facade as tracing

        W = tracing.SpanSpec("w", kind=tracing.SpanKind.CLIENT)


        def f():
            with tracing.start_span(W):
                pass
        """,
    ),
    "several lines and comments": (
        """
        from opentelemetry import (
            metrics,  # counts
            trace,  # spans
        )
        from opentelemetry.trace import (
            Status,
            StatusCode,
        )

        trace.get_current_span().set_status(Status(StatusCode.OK))
        """,
        """
        import tracing_facade as tracing
        from opentelemetry import (
            metrics,  # counts
        )

        tracing.current_span().set_status(True)
        """,
    ),
    "modules that share a name": (
        """
        import opentelemetry.metrics
        import opentelemetry.trace

        opentelemetry.metrics.get_meter("x")
        opentelemetry.trace.get_current_span().set_attribute("a", 1)
        """,
        """
        import opentelemetry.metrics
        import tracing_facade as tracing

        opentelemetry.metrics.get_meter("x")
        tracing.current_span().set_attribute("a", 1)
        """,
    ),
    "for annotations only": (
        """
        from typing import TYPE_CHECKING, Any

        import json

        if TYPE_CHECKING:
            from opentelemetry.trace import Span


        def f(span: "Span", value: Any):
            span.set_attribute("a", json.dumps(value))
        """,
        """
        from typing import Any

        import json

        import tracing_facade as tracing


        def f(span: "tracing.Span", value: Any):
            span.set_attribute("a", json.dumps(value))
        """,
    ),
    "a name that is taken": (
        """
        from opentelemetry import trace

        def tracing():
            trace.get_current_span().set_attribute("a", 1)
        """,
        """
        import tracing_facade

        def tracing():
            tracing_facade.current_span().set_attribute("a", 1)
        """,
    ),
    "all names that are taken": (
        """
        from opentelemetry import trace

        def tracing(tracing_facade):
            trace.get_current_span().set_attribute("a", 1)
        """,
        """
        import tracing_facade as _tracing_facade

        def tracing(tracing_facade):
            _tracing_facade.current_span().set_attribute("a", 1)
        """,
    ),
    "a facade that is there already": (
        """
        import tracing_facade as facade
        from opentelemetry import trace

        with facade.start_span("x"):
            trace.get_current_span().set_attribute("a", 1)
        """,
        """
        import tracing_facade as facade

        with facade.start_span("x"):
            facade.current_span().set_attribute("a", 1)
        """,
    ),
    "comments above what goes": (
        """
        import os

        # Spans.
        from opentelemetry import trace

        # The tracer of this module.
        tracer = trace.get_tracer("x")  # one for all
        # The limit.
        LIMIT = 5

        with tracer.start_as_current_span("w"):
            pass
        """,
        """
        import os

        # Spans.
        import tracing_facade as tracing

        # The tracer of this module.
        # The limit.
        LIMIT = 5

        with tracing.start_span("w"):
            pass
        """,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), REWRITES.values(), ids=REWRITES)
def test_imports_become(before: str, after: str) -> None:
    """Exactly this."""
    assert_becomes(before, after)


USE = "trace.get_current_span().set_attribute('a', 1)\n"
STAYS = {
    "__all__ names it": ("from opentelemetry import trace\n__all__ = ['trace']\n" + USE, "__all__"),
    "it is exported by form": ("from opentelemetry import trace as trace\n" + USE, "trace is exported"),
    "a text needs it": (
        "from typing import cast\nfrom opentelemetry import trace\ncast('trace.Span', 5)\n" + USE,
        "text or comment",
    ),
    "a comment needs it": ("from opentelemetry import trace\nx = None  # type: trace.Span\n" + USE, "text or comment"),
}


@pytest.mark.parametrize(("source", "reason"), STAYS.values(), ids=STAYS)
def test_an_import_stays(source: str, reason: str) -> None:
    """Although the uses in this file are migrated."""
    migration = migrate(source)
    assert "tracing.current_span().set_attribute" in migration.text
    assert "from opentelemetry import trace" in migration.text
    assert any(reason in left.reason for left in migration.left)


LEFT_ALONE = {
    "set-up": ("from opentelemetry.sdk.trace import TracerProvider\nTracerProvider()\n", "configure"),
    "exporters": ("from opentelemetry.exporter.otlp import X\nX()\n", "exporters are configuration"),
    "metrics": ("from opentelemetry import metrics\nmetrics.get_meter('x')\n", "metrics are not traces"),
    "logs": ("from opentelemetry._logs import x\nx()\n", "logs are not traces"),
    "instrumentation": ("import opentelemetry.instrumentation.wsgi as w\nw.x()\n", "instrumentation"),
    "the provider": ("from opentelemetry import trace\ntrace.set_tracer_provider(5)\n", "configure"),
    "use_span": ("from opentelemetry import trace\nwith trace.use_span(x): pass\n", "entered in another"),
    "something new": ("from opentelemetry import trace\ntrace.novelty()\n", "no idiom"),
    "a star": ("from opentelemetry.trace import *\nget_current_span()\n", "a star"),
    "an unused import": ("from opentelemetry import trace\n", "nothing in this file uses trace"),
}  # fmt: skip


@pytest.mark.parametrize(("source", "reason"), LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_other_parts_of_opentelemetry_are_left(source: str, reason: str) -> None:
    """With the reason why a person has to look."""
    assert_left(source, reason)


def test_an_import_is_listed_once_for_all_its_uses() -> None:
    """Parts that the codemod knows nothing of are listed where they are imported."""
    source = "from opentelemetry.sdk.trace import Span\nSpan(); Span()\n"
    (left,) = migrate(source).left
    assert (left.line, left.column, left.code) == (1, 37, "from opentelemetry.sdk.trace import Span")


def test_what_is_permitted_is_neither_migrated_nor_listed() -> None:
    """The settings open parts of OpenTelemetry for everybody."""
    source = "from opentelemetry import metrics, trace\nmetrics.get_meter('x')\n" + USE
    assert reasons(source, Settings(permit=("opentelemetry",))) == []
    opened = migrate(source, Settings(permit=("opentelemetry.metrics",)))
    assert opened.left == ()
    assert "from opentelemetry import metrics\n" in opened.text


@pytest.mark.parametrize("comment", ["# noqa", "# noqa: TRF101 the vendor wants it"])
def test_an_excused_import_is_meant_to_stay(comment: str) -> None:
    """So what it is for stays too."""
    assert reasons(f"from opentelemetry import trace  {comment}\n" + USE) == []


def test_a_comment_for_another_rule_excuses_nothing() -> None:
    """The same comments count as for the checker."""
    assert "opentelemetry" not in migrated("from opentelemetry import trace  # noqa: E402\n" + USE)
