"""Metrics as Prometheus sends and reads them, with the parsers of its own client."""

from __future__ import annotations

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric
from prometheus_client.openmetrics import exposition
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families

Families = dict[str, Metric]


def families_of(text: str) -> Families:
    """Return the metrics of a page by name."""
    return {family.name: family for family in text_string_to_metric_families(text)}


def openmetrics_families_of(text: str) -> Families:
    """Return the metrics of a page in the format of OpenMetrics, whose parser is stricter."""
    found = openmetrics.text_string_to_metric_families(text)  # type: ignore[no-untyped-call]  # has no types
    return {family.name: family for family in found}


def openmetrics_text(registry: CollectorRegistry) -> str:
    """Return the metrics of a registry in the format of OpenMetrics."""
    encoded: bytes = exposition.generate_latest(registry)  # type: ignore[no-untyped-call]  # has no types
    return encoded.decode()
