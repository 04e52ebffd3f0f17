"""Programs that use spans, generated, and what arrives when an engine runs them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

import tracing_facade as tracing
from tests.support import finished_spans
from tracing_facade._enforcement import build_enforcer
from tracing_facade._engine import engine, ids
from tracing_facade._engine.encoding import encode_request
from tracing_facade._facade import replace_runtime
from tracing_facade._runtime import Runtime
from tracing_facade.policy.settings import Policy

SPECS = (
    tracing.SpanSpec("shop.checkout"),
    tracing.SpanSpec("shop.pay", kind=tracing.SpanKind.CLIENT),
    tracing.SpanSpec("shop.slow", slow_after=3600.0),
    "named",
    "näme with \N{SNOWMAN}",
    "lone \ud800 surrogate",
)
KEYS = ("order.id", "order.items", "password", "key with \N{SNOWMAN}", "", "x" * 300)

surrogates = st.text(st.characters(categories=["Cs", "L"]), max_size=10)
huge = st.integers(1 << 63, 1 << 70) | st.integers(-(1 << 70), -(1 << 63) - 1)
objects = st.sampled_from([object, ValueError("x"), {1, 2}, frozenset({"a"}), bytearray(b"x"), range(3), 1j])
secrets = st.sampled_from(["Bearer abcdefgh12345678", "password=hunter2", "4111 1111 1111 1111", "a?token=b"])
values = finished_spans.values | surrogates | huge | objects | secrets | st.text(max_size=5).map(lambda t: t * 100)
keys = st.sampled_from(KEYS) | finished_spans.texts
mappings = st.none() | st.dictionaries(keys, values, max_size=5) | st.lists(keys, max_size=2)

operations = st.one_of(
    st.tuples(st.just("start"), st.sampled_from(SPECS), mappings),
    st.tuples(st.just("enter"), st.sampled_from(SPECS), mappings),
    st.tuples(st.just("exit"), st.booleans()),
    st.tuples(st.just("end"), st.integers(0, 5)),
    st.tuples(st.just("set_attribute"), keys, values),
    st.tuples(st.just("set_attributes"), mappings),
    st.tuples(st.just("add_event"), keys, mappings),
    st.tuples(st.just("record_error"), st.sampled_from([ValueError("bad"), KeyError("\ud800")])),
    st.tuples(st.just("set_status"), st.booleans(), keys),
    st.tuples(st.just("update_name"), st.sampled_from([*KEYS, 5])),
    st.tuples(st.just("link"), st.integers(0, 5)),
)
programs = st.lists(operations, min_size=1, max_size=25)


def received(name: str, program: list[tuple[Any, ...]], rate: int, policy: Policy | None) -> Any:
    """Return what a collector reads after an engine ran the program, with times taken out."""
    configuration = tracing.TracingConfiguration(sampling_rate_per_million=rate)
    with engine.forced(name):
        # The runtime wants a policy for what begins; what leaves is judged only if there is one.
        enforcer = build_enforcer(policy or Policy(), report=lambda level, sentence: None)
        buffer = engine.new_buffer(1_000, enforcer if policy else None)
        replaced = replace_runtime(Runtime.recording(configuration, buffer, enforcer))
    ids.use_fixed_ids(1)
    try:
        _run(program)
    finally:
        ids.use_random_ids()
        replace_runtime(replaced)
    batch = buffer.take(1_000, 1 << 30)
    return None if batch is None else (batch.spans, batch.left_out, without_times(batch.scopes))


class _Runner:
    """Carries out operations, each a method, on the spans that it has started."""

    def __init__(self) -> None:
        self.started: list[Any] = []
        self.entered: list[Any] = []

    def start(self, spec: Any, attributes: Any) -> Any:
        self.started.append(tracing.start_span(spec, attributes))
        return self.started[-1]

    def enter(self, spec: Any, attributes: Any) -> None:
        self.entered.append(self.start(spec, attributes).__enter__())

    def exit(self, failing: bool) -> None:
        error = ValueError("left") if failing else None
        if self.entered:
            self.entered.pop().__exit__(type(error) if error else None, error, None)

    def end(self, number: int) -> None:
        if self.started:
            self.started[number % len(self.started)].end()

    def link(self, number: int) -> None:
        if self.started and hasattr(self.started[-1], "add_links"):
            self.started[-1].add_links([self.started[number % len(self.started)]])


def _run(program: list[tuple[Any, ...]]) -> None:
    runner = _Runner()
    for operation, *arguments in program:
        if hasattr(runner, operation):
            getattr(runner, operation)(*arguments)
        elif runner.started:
            getattr(runner.started[-1], operation)(*arguments)
    while runner.entered:
        runner.exit(False)


def without_times(scopes: Any) -> ExportTraceServiceRequest:
    """Return what a collector reads, without what differs from run to run."""
    request = ExportTraceServiceRequest.FromString(encode_request(b"", scopes))
    for span in (span for scope in request.resource_spans[0].scope_spans for span in scope.spans):
        assert 0 < span.start_time_unix_nano <= span.end_time_unix_nano
        span.start_time_unix_nano = span.end_time_unix_nano = 0
        for event in span.events:
            event.time_unix_nano = 0
            for attribute in event.attributes:
                if attribute.key == "exception.stacktrace":
                    attribute.value.string_value = ""  # it shows the lines of each engine
    return request
