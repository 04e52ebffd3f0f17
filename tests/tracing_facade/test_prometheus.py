"""The self-metrics as Prometheus reads them: with the parsers of its own client."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from prometheus_client import CollectorRegistry, generate_latest

import tracing_facade as tracing
from tests.support.collector import Collector
from tests.support.exporting import configuration_for
from tests.support.prometheus_text import Families, families_of, openmetrics_families_of, openmetrics_text
from tracing_facade import version
from tracing_facade._engine import engine
from tracing_facade.policy import Policy
from tracing_facade.prometheus import TracingCollector
from tracing_facade.selfmetrics import COUNTERS
from tracing_facade.selfmetrics.catalogue import COUNTED, MEASURED
from tracing_facade.selfmetrics.counters import MOST_REASONS

# https://prometheus.io/docs/practices/naming/ and the data model's characters.
_NAME = re.compile(r"tracing_facade_[a-z][a-z_]*[a-z]\Z")
_LABEL = re.compile(r"[a-z][a-z_]*\Z")


@pytest.fixture
def registry() -> CollectorRegistry:
    """Return a registry with our collector alone."""
    made = CollectorRegistry()
    made.register(TracingCollector())
    return made


@pytest.fixture
def collector() -> Iterator[Collector]:
    """Return a collector of spans."""
    with Collector() as running:
        yield running


def _scraped(registry: CollectorRegistry) -> Families:
    return families_of(generate_latest(registry).decode())


def _value(registry: CollectorRegistry, name: str, **labels: str) -> float:
    values = [
        sample.value
        for family in _scraped(registry).values()
        for sample in family.samples
        if sample.name == f"tracing_facade_{name}" and sample.labels == labels
    ]
    assert len(values) <= 1
    return values[0] if values else 0.0


def test_every_number_is_shown(registry: CollectorRegistry) -> None:
    """By a name, with a type and a help text, before anything has happened."""
    families = _scraped(registry)
    expected = {f"tracing_facade_{counted.name}" for counted in COUNTED}
    expected |= {f"tracing_facade_{measured.name}" for measured in MEASURED}
    assert families.keys() >= expected
    assert all(family.documentation.endswith(".") for family in families.values())
    assert {family.type for family in families.values()} == {"counter", "gauge", "histogram"}


def test_names_follow_the_conventions(registry: CollectorRegistry) -> None:
    """Snake case with our prefix, ``_total`` behind counters and only there, base units behind what has a unit."""
    for family in _scraped(registry).values():
        for sample in family.samples:
            assert _NAME.match(sample.name)
            assert all(_LABEL.match(label) for label in sample.labels if label != "le")
            assert sample.name.endswith("_total") is (family.type == "counter")
            assert not sample.name.endswith(("_ms", "_milliseconds", "_ns"))


def test_open_metrics_is_written_too(registry: CollectorRegistry) -> None:
    """What the stricter parser of OpenMetrics takes."""
    families = openmetrics_families_of(openmetrics_text(registry))
    assert families["tracing_facade"].type == "info"
    assert families["tracing_facade_spans_exported"].type == "counter"


def test_what_is_shown_is_what_happened(registry: CollectorRegistry, collector: Collector) -> None:
    """From a span to the collector, with what the policy refuses on the way."""
    policy = Policy(declarations=("tests.tracing_facade.testing.shop_spans",), undeclared_attributes="drop")
    refused = {"span": "checkout", "reason": "undeclared"}
    exported, left_out = (
        _value(registry, "spans_exported_total"),
        _value(registry, "attributes_refused_total", **refused),
    )
    attempts = _value(registry, "export_duration_seconds_count")
    assert _value(registry, "info", engine="off", version=version.VERSION) == 1
    with tracing.configure(configuration_for(collector, "http/protobuf", queue_size=77, policy=policy)) as handle:
        with tracing.start_span("checkout", {"order.colour": "red"}):
            pass
        assert handle.flush()
        assert _value(registry, "info", engine=engine.name(), version=version.VERSION) == 1
        assert _value(registry, "spans_exported_total") == exported + 1
        assert _value(registry, "attributes_refused_total", **refused) == left_out + 1
        assert _value(registry, "export_duration_seconds_count") == attempts + 1
        assert _value(registry, "export_duration_seconds_bucket", le="+Inf") == attempts + 1
        assert _value(registry, "last_export_success_timestamp_seconds") > 1_600_000_000
        assert _value(registry, "queue_capacity") == 77


@pytest.mark.parametrize("reason", ['quote"', "line\nbreak", "back\\slash", "ünï", "a: b: type", "", "x" * 300])
def test_any_text_can_be_a_label(registry: CollectorRegistry, reason: str) -> None:
    """Names of spans and attributes come from applications."""
    COUNTERS.add("attributes_bounded", reason)
    assert _value(registry, "attributes_bounded_total", attribute=reason) >= 1


def test_labels_are_bounded(registry: CollectorRegistry) -> None:
    """However many names an application makes up."""
    for number in range(2 * MOST_REASONS):
        COUNTERS.add("names_made_up", f"name {number}")
    samples = _scraped(registry)["tracing_facade_names_made_up"].samples
    assert len(samples) <= MOST_REASONS + 1
    assert _value(registry, "names_made_up_total", reason="(other)") >= MOST_REASONS


def test_a_counter_that_nobody_has_described_is_shown(registry: CollectorRegistry) -> None:
    """With its name, rather than not at all."""
    COUNTERS.add("something_new", "odd")
    assert _value(registry, "something_new_total", reason="odd") >= 1
