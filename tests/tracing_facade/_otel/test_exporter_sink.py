"""Export through the official exporters: the same spans arrive as over our own transports."""

from __future__ import annotations

import dataclasses
import subprocess
import sys

import pytest

import tracing_facade as tracing
from tests.support.collector import Collector
from tests.support.exporting import PROTOCOLS, Protocol, configuration_for
from tests.support.received_span import ReceivedSpan
from tracing_facade._otel.exporter_sink import ExporterSink, OfficialExporter
from tracing_facade.config import TlsConfiguration
from tracing_facade.export.transport import Refused, Retry
from tracing_facade.propagation import format_traceparent
from tracing_facade.trust import trust_everyone

REMOTE = {
    "traceparent": format_traceparent("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", 1),
    "tracestate": "vendor=1",
}


def _record_everything() -> None:
    with (
        tracing.extract(REMOTE, trust=trust_everyone),
        tracing.start_span("outer", {"b": True, "i": 1, "f": 0.5}) as outer,
        tracing.start_span("inner", {"list": ["a", "b"]}, links=[outer]) as inner,
    ):
        inner.add_event("happened", {"what": "it"})
        inner.record_error(ValueError("no"))


def _comparable(span: ReceivedSpan) -> dict[str, object]:
    fields = dataclasses.asdict(span)
    for field in ("span_id", "parent_span_id", "start_ns", "end_ns", "events", "links", "flags", "resource"):
        del fields[field]
    return {
        **fields,
        "links": [(link.trace_id, link.attributes) for link in span.links],
        "events": [(event.name, sorted(event.attributes)) for event in span.events],
        "remote": span.flags & 0x300,
    }


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_official_exporters_deliver_the_same(protocol: Protocol) -> None:
    """Names, identifiers, kinds, attributes, events, links and status come through both ways alike."""
    received = {}
    for exporter in ("otlp", "opentelemetry"):
        with Collector() as collector:
            with tracing.configure(configuration_for(collector, protocol, exporter=exporter)) as handle:
                _record_everything()
                assert handle.flush(10.0)
            received[exporter] = [_comparable(span) for span in collector.spans()]
    assert received["opentelemetry"] == received["otlp"]
    assert [span["name"] for span in received["otlp"]] == ["inner", "outer"]


def test_a_batch_that_the_exporter_cannot_send_is_given_up_in_the_end() -> None:
    """The official exporters do not say whether a failure can pass, so three reports are the end of a batch."""
    from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

    class Failing(SpanExporter):
        def export(self, spans: object) -> SpanExportResult:
            return SpanExportResult.FAILURE

    sink, payload = ExporterSink(Failing()), b""
    assert [type(sink.send(payload, 1.0)) for _ in range(3)] == [Retry, Retry, Refused]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_forked_child_makes_an_exporter_of_its_own(protocol: Protocol) -> None:
    """Parent and child never talk over the same connection, and each delivers its spans once."""
    with Collector() as collector:
        endpoint = configuration_for(collector, protocol).endpoint
        source = """
import os, sys
import tracing_facade as tracing
tracing.configure(tracing.TracingConfiguration(endpoint=sys.argv[1], protocol=sys.argv[2], exporter="opentelemetry"))
with tracing.start_span("before"): pass
assert tracing.flush(10)
if child := os.fork():
    with tracing.start_span("parent"): pass
    assert os.waitpid(child, 0)[1] == 0
else:
    with tracing.start_span("child"): pass
os._exit(not tracing.shutdown(10))
"""
        command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", source, endpoint, protocol]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        assert sorted(span.name for span in collector.spans()) == ["before", "child", "parent"]
        assert len({request.peer for request in collector.requests}) == 2


def test_a_tls_file_that_cannot_be_read_is_a_failure_of_the_request() -> None:
    """It is told like every failure to export, and tried again, since files of certificates come and go."""
    tls = TlsConfiguration(ca_file="/nowhere/ca.pem")
    exporter = OfficialExporter(tracing.TracingConfiguration(exporter="opentelemetry", tls=tls))
    outcome = exporter.send(b"", 1.0)
    assert isinstance(outcome, Retry)
    assert "/nowhere/ca.pem" in outcome.detail
