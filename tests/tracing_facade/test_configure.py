"""configure, flush and shutdown: one configuration at a time, said in the log, and harmless while tracing is off."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

import tracing_facade as tracing
from tests.support.collector import Collector
from tests.support.exporting import configuration_for
from tracing_facade.errors import ConfigurationError
from tracing_facade.policy.settings import Policy

RECORD_ONLY = tracing.TracingConfiguration(exporter="none")


def _is_on() -> bool:
    with tracing.start_span("probe") as span:
        return span.is_recording()


def test_tracing_is_off_until_it_is_configured_and_after_the_block() -> None:
    """The handle is a context manager that shuts tracing down."""
    assert not _is_on()
    with tracing.configure(RECORD_ONLY) as handle:
        assert _is_on()
        assert handle.flush()
    assert not _is_on()


def test_while_tracing_is_off_flush_and_shutdown_are_true() -> None:
    """There is nothing that could be lost."""
    assert tracing.flush() is True
    assert tracing.shutdown() is True
    assert tracing.shutdown() is True


def test_the_log_says_that_tracing_is_on(caplog: pytest.LogCaptureFixture) -> None:
    """With the engine, the endpoint and the rate, so that nobody has to guess."""
    configuration = tracing.TracingConfiguration(exporter="none", endpoint="c.test:4317", sampling_rate_per_million=7)
    with caplog.at_level(logging.INFO), tracing.configure(configuration):
        pass
    said = [record.getMessage() for record in caplog.records if "tracing is on" in record.getMessage()]
    assert len(said) == 1
    assert "endpoint c.test:4317, 7 of a million new traces sampled" in said[0]


def test_a_file_is_a_configuration(tmp_path: Path) -> None:
    """By its path, as text or as a path."""
    file = tmp_path / "tracing.yaml"
    head = "apiVersion: tracing-facade/v1\nkind: TracingConfiguration\n"
    file.write_text(f"{head}exporter: none\nsamplingRatePerMillion: 1000000\n", encoding="utf-8")
    for path in (file, str(file)):
        with tracing.configure(path):
            assert _is_on()


def test_a_second_configuration_replaces_the_first(caplog: pytest.LogCaptureFixture) -> None:
    """What the first has not exported is exported before it goes, and the log says what happened."""
    with Collector() as collector:
        tracing.configure(configuration_for(collector, "http/protobuf", export_interval_seconds=60))
        with tracing.start_span("first"):
            pass
        with tracing.configure(RECORD_ONLY):
            assert [span.name for span in collector.spans()] == ["first"]
            assert _is_on()
    assert any("configured a second time" in record.getMessage() for record in caplog.records)


def test_the_handle_of_a_replaced_configuration_does_nothing() -> None:
    """A block that ends late does not turn off what was configured since."""
    first = tracing.configure(RECORD_ONLY)
    with tracing.configure(RECORD_ONLY):
        assert first.shutdown() is True
        assert _is_on()


def test_a_policy_in_code_goes_before_that_of_the_configuration() -> None:
    """The code knows what it declares."""
    strict = Policy(undeclared_spans="drop")
    with tracing.configure(RECORD_ONLY, policy=strict):
        assert not _is_on()
    with tracing.configure(tracing.TracingConfiguration(exporter="none", policy=strict), policy=Policy()):
        assert _is_on()


def test_a_wrong_configuration_fails_and_changes_nothing() -> None:
    """By default a service does not start with half a configuration."""
    with tracing.configure(RECORD_ONLY):
        with pytest.raises(ConfigurationError, match="sampling_rate_per_million"):
            tracing.configure(tracing.TracingConfiguration(sampling_rate_per_million=-1))
        assert _is_on()


def test_a_wrong_configuration_may_turn_tracing_off_instead(caplog: pytest.LogCaptureFixture) -> None:
    """on_invalid="disable" keeps a service up, and the log has every problem."""
    wrong = tracing.TracingConfiguration(sampling_rate_per_million=-1, queue_size=0, on_invalid="disable")
    with tracing.configure(wrong):
        assert not _is_on()
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "tracing is OFF because its configuration is wrong" in record.getMessage()
    assert all(field in record.getMessage() for field in ("sampling_rate_per_million", "queue_size"))


def test_tracing_that_is_not_enabled_records_nothing_but_keeps_its_rules() -> None:
    """enabled=False is off: nothing is recorded, and a stranger's context still stops here."""
    with tracing.configure(tracing.TracingConfiguration(enabled=False)):
        sent = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "baggage": "a=1"}
        headers: dict[str, str] = {}
        with tracing.extract(sent), tracing.start_span("work") as span:
            tracing.inject(headers)
        assert (span.is_recording(), headers) == (False, {})
