"""A program emits the same spans before the migration, through OpenTelemetry's SDK, and after it."""

from __future__ import annotations

from typing import Any

from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from lint_plugin.codemod.migration import migrate
from lint_plugin.codemod.outcome import Migration
from tracing_facade.testing import RecordedSpan, capture_spans

PROGRAM = """
import asyncio
from opentelemetry import context, propagate, trace
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode, format_span_id, format_trace_id

tracer = trace.get_tracer("shop")
ids = []


class Stock:
    def __init__(self):
        self._tracer = trace.get_tracer("stock")

    def price(self, article):
        with self._tracer.start_as_current_span("stock.price", kind=SpanKind.CLIENT, attributes={"article": article}):
            return 5


@tracer.start_as_current_span("decorated", kind=SpanKind.SERVER)
def decorated(value):
    span = trace.get_current_span()
    span.set_attribute("value", value)
    return value


@tracer.start_as_current_span("coroutine")
async def coroutine():
    await asyncio.sleep(0)
    trace.get_current_span().add_event(name="awake", attributes={"after": 0})


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
            span.set_status(Status(StatusCode.ERROR, "handled"))


def handling_in_a_function():
    with tracer.start_as_current_span("helped") as span:
        try:
            failing()
        except ValueError as error:
            _fail(span, error)


def _fail(span: Span, error):
    span.set_status(StatusCode.ERROR, f"{type(error).__name__}: {error}")
    span.record_exception(error)


def only_noting():
    with tracer.start_as_current_span("noting") as span:
        span.record_exception(KeyError("k"))
        span.set_status(Status(StatusCode.OK))


def passing_on():
    headers = {}
    with tracer.start_as_current_span("producer", kind=SpanKind.PRODUCER) as producer:
        propagate.inject(headers)
    came = propagate.extract(headers)
    with tracer.start_as_current_span("consumer", context=came, kind=SpanKind.CONSUMER) as span:
        Stock().price("pen")
    with tracer.start_as_current_span("linked", links=[Link(producer.get_span_context())]):
        pass
    token = context.attach(propagate.extract(headers))
    try:
        with tracer.start_as_current_span(f"computed {len(headers)}"):
            pass
    except OSError:
        raise
    finally:
        context.detach(token)


def several():
    with tracer.start_as_current_span("one") as span:
        span.set_attribute("number", 1)
        ids.append(format_trace_id(span.get_span_context().trace_id))
        with tracer.start_as_current_span("two") as inner:
            inner.set_attribute("number", 2)
            ids.append(format_span_id(trace.get_current_span().get_span_context().span_id))


def main():
    with tracer.start_as_current_span("main"):
        decorated(3)
        asyncio.run(coroutine())
        handling()
        handling_in_a_function()
        only_noting()
        passing_on()
        several()
"""
SPANS = 15


def run(source: str, **names: Any) -> dict[str, Any]:
    """Run the program's main function, and return its names."""
    namespace: dict[str, Any] = {"__name__": "program", **names}
    exec(compile(source, "program", "exec"), namespace)
    namespace["main"]()
    return namespace


def spans_before() -> tuple[list[tuple[Any, ...]], set[str]]:
    """Return what the program emits through OpenTelemetry's SDK, and the ids that it has written down."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    # The global provider can be set once per process, so the program gets its tracers from ours.
    namespace = run(PROGRAM.replace("trace.get_tracer(", "PROVIDER.get_tracer("), PROVIDER=provider)
    spans = exporter.get_finished_spans()
    by_id = {f"{span.context.span_id:016x}": span.name for span in spans if span.context}
    return sorted(_official(span, by_id) for span in spans), {by_id.get(found, "trace") for found in namespace["ids"]}


def _official(span: ReadableSpan, names: dict[str, str]) -> tuple[Any, ...]:
    parent = names.get(f"{span.parent.span_id:016x}", "") if span.parent else ""
    events = [(event.name, _plain(event.attributes)) for event in span.events]
    links = [names[f"{link.context.span_id:016x}"] for link in span.links]
    status = (span.status.status_code.value, span.status.description or "")
    return (span.name, parent, span.kind.value + 1, _plain(span.attributes), events, links, status)


def _ours(span: RecordedSpan, names: dict[str, str]) -> tuple[Any, ...]:
    events = [(name, _plain(attributes)) for name, _, attributes in span.events or ()]
    links = [names[link.span_id] for link in span.links or ()]
    status = (span.status_code, span.status_description)
    return (
        span.name,
        names.get(span.parent_span_id, ""),
        int(span.kind),
        _plain(span.attributes),
        events,
        links,
        status,
    )


def _plain(attributes: Any) -> list[tuple[str, str]]:
    # Line numbers move; and the SDK says of an exception that has left its span that it has not.
    different = ("exception.stacktrace", "exception.escaped")
    return sorted((key, str(value)) for key, value in (attributes or {}).items() if key not in different)


def migration() -> Migration:
    """Return what the codemod makes of the program."""
    return migrate(PROGRAM)


def test_the_migrated_program_emits_the_same_spans() -> None:
    """Names, parents, kinds, attributes, events, links and status, across await, exceptions and a message."""
    with capture_spans() as captured:
        namespace = run(migration().text)
    by_id = {span.span_id: span.name for span in captured}
    before, ids_before = spans_before()
    assert sorted(_ours(span, by_id) for span in captured) == before
    assert {by_id.get(found, "trace") for found in namespace["ids"]} == ids_before == {"trace", "two"}


def test_nothing_of_opentelemetry_is_left_in_it() -> None:
    """And what a person should know of it is told: an exception without an error status, an attribute of any type."""
    assert "opentelemetry" not in migration().text
    assert migration().left == ()
    assert [note.idiom for note in migration().notes] == ["start_as_current_span", "record_exception"]


def test_the_program_is_worth_comparing() -> None:
    """It emits every kind of thing that is compared."""
    spans, _ = spans_before()
    assert len(spans) == SPANS
    assert {status for *_, (status, _) in spans} == {0, 1, 2}
    assert {kind for _, _, kind, *_ in spans} == {1, 2, 3, 4, 5}
    assert any(links for *_, links, _ in spans)
