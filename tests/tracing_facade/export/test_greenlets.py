"""Export beside greenlets: whatever the collector does, none of them waits for it."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

from tests.support.collector import HANG, Collector
from tests.support.exporting import PROTOCOLS, Protocol, configuration_for

pytest.importorskip("gevent")

GREENLETS = """
import time
import gevent

slowest = 0.0

def tick():
    global slowest
    while True:
        begin = time.monotonic()
        gevent.sleep(0.01)
        slowest = max(slowest, time.monotonic() - begin)

def record():
    with tracing.start_span("work") as span:
        gevent.sleep(0.01)
        assert tracing.current_span() is span

def check():
    gevent.spawn(tick)
    gevent.joinall([gevent.spawn(record) for _ in range(10)], raise_error=True)
    gevent.sleep(1.0)
    begin = time.monotonic()
    delivered = tracing.shutdown(1.0)
    assert time.monotonic() - begin < 2.0, "the shutdown did not keep its deadline"
    assert slowest < 1.5, f"a greenlet that sleeps 0.01 s slept {slowest:.1f} s"
    return delivered
"""

CONFIGURED_FIRST = """
import os, sys
import tracing_facade as tracing

fields = dict(endpoint=sys.argv[1], protocol=sys.argv[2], exporter=sys.argv[3])
tracing.configure(tracing.TracingConfiguration(**fields, export_interval_seconds=3.0, export_timeout_seconds=3.0))
if child := os.fork():
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
import gevent.monkey
gevent.monkey.patch_all()
"""

PATCHED_FIRST = """
import gevent.monkey
gevent.monkey.patch_all()
import sys
import tracing_facade as tracing

fields = dict(endpoint=sys.argv[1], protocol=sys.argv[2], exporter=sys.argv[3])
tracing.configure(tracing.TracingConfiguration(**fields, export_interval_seconds=0.05, export_timeout_seconds=3.0))
"""


def run(beginning: str, end: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program that consists of three parts."""
    source = beginning + GREENLETS + textwrap.dedent(end)
    return subprocess.run(
        [sys.executable, "-c", source, *arguments], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("beginning", [PATCHED_FIRST, CONFIGURED_FIRST], ids=["patched first", "preloaded"])
@pytest.mark.parametrize("exporter", ["otlp", "opentelemetry"])
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_spans_of_greenlets_arrive(protocol: Protocol, exporter: str, beginning: str) -> None:
    """Also when a server forks first and replaces threads and locks in the child, as a preloaded gunicorn does."""
    with Collector() as collector:
        endpoint = configuration_for(collector, protocol).endpoint
        done = run(beginning, "sys.exit(not check())", endpoint, protocol, exporter)
        assert (done.returncode, done.stderr) == (0, "")
        assert len({span.span_id for span in collector.spans()}) == len(collector.spans()) == 10


ONE_SPAN = """
gevent.joinall([gevent.spawn(record)], raise_error=True)
gevent.sleep(0.1)
assert not tracing.selfmetrics.snapshot().total("spans_exported")
"""


@pytest.mark.parametrize("exporter", ["otlp", "opentelemetry"])
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_spans_arrive_when_the_process_ends_before_its_first_export(protocol: Protocol, exporter: str) -> None:
    """Since Python 3.12 no thread can be started any more by then; nothing is said to be lost that arrived."""
    with Collector() as collector:
        endpoint = configuration_for(collector, protocol).endpoint
        done = run(CONFIGURED_FIRST, ONE_SPAN, endpoint, protocol, exporter)
        assert (done.returncode, done.stderr) == (0, "")
        assert len(collector.spans()) == 1


@pytest.mark.parametrize("exporter", ["otlp", "opentelemetry"])
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_hanging_collector_stops_no_greenlet(protocol: Protocol, exporter: str) -> None:
    """Only the one that exports waits; shutdown keeps its deadline and tells the truth."""
    with Collector() as collector:
        endpoint = configuration_for(collector, protocol).endpoint
        collector.behaviour = HANG
        done = run(PATCHED_FIRST, "sys.exit(check())", endpoint, protocol, exporter)
        assert "AssertionError" not in done.stderr
        assert done.returncode == 0
