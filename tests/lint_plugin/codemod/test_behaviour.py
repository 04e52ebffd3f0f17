"""A program emits the same spans before the migration, through OpenTelemetry's SDK, and after it."""

from __future__ import annotations

from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from lint_plugin.codemod.migration import migrate
from tracing_facade.testing import RecordedSpan, capture_spans

PROGRAM = """
import asyncio
from opentelemetry import propagate, trace
from opentelemetry.trace import SpanKind, Status, StatusCode

tracer = trace.get_tracer("shop")


class Stock:
    def __init__(self):
        self._tracer = trace.get_tracer("stock")

    def price(self, article):
        with self._tracer.start_as_current_span("stock.price", kind=SpanKind.CLIENT, attributes={"article": article}):
            return 5


@tracer.start_as_current_span("decorated")
def decorated(value):
    span = trace.get_current_span()
    span.set_attribute("value", value)
    return value


@tracer.start_as_current_span("coroutine")
async def coroutine():
    await asyncio.sleep(0)
    trace.get_current_span().add_event("awake", {"after": 0})


def failing():
    with tracer.start_as_current_span("failing") as span:
        span.set_attributes({"a": 1, "b": [1, 2], "c": "x"})
        raise ValueError("no")


def handling():
    with tracer.start_as_current_span("handling") as span:
        try:
            failing()
        except ValueError as error:
            span.record_exception(error)
            span.set_status(Status(StatusCode.ERROR, str(error)))


def only_noting():
    with tracer.start_as_current_span("noting") as span:
        span.record_exception(KeyError("k"))
        span.set_status(Status(StatusCode.OK))


def passing_on():
    headers = {}
    with tracer.start_as_current_span("producer", kind=SpanKind.PRODUCER):
        propagate.inject(headers)
    context = propagate.extract(headers)
    with tracer.start_as_current_span("consumer", context=context, kind=SpanKind.CONSUMER):
        Stock().price("pen")


def main():
    with tracer.start_as_current_span("main"):
        decorated(3)
        asyncio.run(coroutine())
        handling()
        only_noting()
        passing_on()
"""


def run(source: str) -> None:
    """Run the program's main function."""
    namespace: dict[str, Any] = {"__name__": "program"}
    exec(compile(source, "program", "exec"), namespace)
    namespace["main"]()


def spans_before() -> list[tuple[Any, ...]]:
    """Return what the program emits through OpenTelemetry's SDK."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    # The global provider can be set once per process, so the program gets its tracers from ours.
    source = PROGRAM.replace("trace.get_tracer(", "PROVIDER.get_tracer(")
    namespace: dict[str, Any] = {"__name__": "program", "PROVIDER": provider}
    exec(compile(source, "program", "exec"), namespace)
    namespace["main"]()
    spans = exporter.get_finished_spans()
    names = {span.context.span_id: span.name for span in spans if span.context}
    return sorted(_official(span, names) for span in spans)


def _official(span: ReadableSpan, names: dict[int, str]) -> tuple[Any, ...]:
    parent = names.get(span.parent.span_id, "") if span.parent else ""
    events = [(event.name, _plain(event.attributes)) for event in span.events]
    status = (span.status.status_code.value, span.status.description or "")
    return (span.name, parent, span.kind.value + 1, _plain(span.attributes), events, status)


def _ours(span: RecordedSpan, names: dict[str, str]) -> tuple[Any, ...]:
    events = [(name, _plain(attributes)) for name, _, attributes in span.events or ()]
    status = (span.status_code, span.status_description)
    return (span.name, names.get(span.parent_span_id, ""), int(span.kind), _plain(span.attributes), events, status)


def _plain(attributes: Any) -> list[tuple[str, str]]:
    # Line numbers move; and the SDK says of an exception that has left its span that it has not.
    different = ("exception.stacktrace", "exception.escaped")
    return sorted((key, str(value)) for key, value in (attributes or {}).items() if key not in different)


def test_the_migrated_program_emits_the_same_spans() -> None:
    """Names, parents, kinds, attributes, events and status, across await, exceptions and a message."""
    migration = migrate(PROGRAM.encode())
    assert [left.code for left in migration.left] == ['span.record_exception(KeyError("k"))']
    with capture_spans() as captured:
        run(migration.source.decode())
    names = {span.span_id: span.name for span in captured}
    assert sorted(_ours(span, names) for span in captured) == spans_before()
    assert b"opentelemetry" not in migration.source


def test_the_program_is_worth_comparing() -> None:
    """It emits every kind of thing that is compared."""
    spans = spans_before()
    assert len(spans) == 9
    assert {status for *_, (status, _) in spans} == {0, 1, 2}


@pytest.mark.parametrize("times", [2])
def test_migrating_again_changes_nothing(times: int) -> None:
    """The codemod is idempotent."""
    source = PROGRAM.encode()
    for _ in range(times):
        source = migrate(source).source
    assert migrate(source).source == source
