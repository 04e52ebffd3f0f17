"""Shows the self-metrics to Prometheus, with the help of prometheus_client (extra ``prometheus``)::

    from prometheus_client import REGISTRY
    from tracing_facade.prometheus import TracingCollector

    REGISTRY.register(TracingCollector())

What there is, is told on the page of the self-metrics.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tracing_facade import selfmetrics, version
from tracing_facade.errors import MissingDependencyError
from tracing_facade.selfmetrics import catalogue
from tracing_facade.selfmetrics.catalogue import Measured
from tracing_facade.selfmetrics.counters import Key
from tracing_facade.selfmetrics.exports import Durations

try:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, InfoMetricFamily
    from prometheus_client.metrics_core import Metric
except ModuleNotFoundError as error:
    raise MissingDependencyError("prometheus_client", "tracing_facade.prometheus", "prometheus") from error

PREFIX = "tracing_facade"


class TracingCollector:
    """A collector for a registry of prometheus_client; it reads the numbers when it is asked, and keeps none.

    Nothing outside of the process can add labels without end: each metric has 256 combinations of labels at most.
    """

    def collect(self) -> Iterator[Metric]:
        """Yield every metric."""
        now = selfmetrics.snapshot()
        labels = {"engine": now.engine or "off", "version": version.VERSION}
        yield InfoMetricFamily(PREFIX, _sentence(catalogue.INFO.meaning), value=labels)
        yield from _counters(now.counters)
        yield _gauge(catalogue.QUEUE_SIZE, now.queue_size)
        yield _gauge(catalogue.QUEUE_CAPACITY, now.queue_capacity)
        yield _gauge(catalogue.LAST_SUCCESS, now.last_success)
        yield _histogram(catalogue.EXPORT_DURATION, now.export_durations)

    def describe(self) -> Iterable[Metric]:
        """Return the same, in which the registry looks for names that are taken."""
        return self.collect()


def _counters(amounts: Mapping[Key, int]) -> Iterator[Metric]:
    shown = {counted.name: _at_first(counted) for counted in catalogue.COUNTED}
    for key, amount in amounts.items():
        values = catalogue.label_values(key)
        lines = shown.setdefault(key[0], {})
        lines[values] = lines.get(values, 0) + amount
    for name, lines in shown.items():
        counted = catalogue.counted(name)
        family = CounterMetricFamily(f"{PREFIX}_{name}", _sentence(counted.meaning), labels=counted.labels)
        for values, amount in lines.items():
            family.add_metric(values, amount)
        yield family


def _at_first(counted: catalogue.Counted) -> dict[tuple[str, ...], int]:
    """Return the lines that are there before anything has happened, so that the first time is an increase."""
    reasons = counted.known or (() if counted.labels else ("",))
    return {catalogue.label_values((counted.name, reason)): 0 for reason in reasons}


def _gauge(measured: Measured, value: float) -> Metric:
    return GaugeMetricFamily(f"{PREFIX}_{measured.name}", _sentence(measured.meaning), value=value)


def _histogram(measured: Measured, durations: Durations) -> Metric:
    buckets: list[Any] = [("+Inf" if bound == math.inf else str(bound), count) for bound, count in durations.buckets]
    return HistogramMetricFamily(
        f"{PREFIX}_{measured.name}", _sentence(measured.meaning), buckets=buckets, sum_value=durations.seconds
    )


def _sentence(meaning: str) -> str:
    return f"{meaning[0].upper()}{meaning[1:]}."
