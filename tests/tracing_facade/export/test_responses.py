"""What a collector answers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from tracing_facade.export import responses
from tracing_facade.export.transport import Delivered


def test_an_empty_answer_is_full_success() -> None:
    """The OTLP specification wants exactly that."""
    assert responses.delivered(b"") == Delivered(0, "")


def test_a_partial_success_tells_how_many_and_why() -> None:
    """Both parts of it are read."""
    response = ExportTraceServiceResponse()
    response.partial_success.rejected_spans = 300
    response.partial_success.error_message = "too\nold"
    assert responses.delivered(response.SerializeToString()) == Delivered(300, "too old")


@given(st.binary(max_size=300))
def test_any_bytes_are_an_answer(body: bytes) -> None:
    """Nothing a collector sends raises, and nothing of it can forge a log line."""
    outcome = responses.delivered(body)
    assert outcome.rejected >= 0
    assert not outcome.message or outcome.message.isprintable()
    assert responses.error_message(body).isprintable() or not responses.error_message(body)


def test_a_long_text_is_cut() -> None:
    """An error page of a proxy does not fill the log."""
    assert len(responses.printable("x" * 10_000)) == 303
