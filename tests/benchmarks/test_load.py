"""What the load test understands of wrk, and what it makes of the results."""

from __future__ import annotations

from typing import Any

import pytest

from tests.benchmarks import load_report, wrk

SAID = """\
Running 3s test @ http://127.0.0.1:8000/
  1 threads and 8 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     3.57ms    1.01ms  25.99ms   80.00%
    Req/Sec     2.10k   150.00     2.40k    70.00%
  Latency Distribution
     50%  950.00us
     75%    3.88ms
     90%    4.40ms
     99%    1.20s
  6301 requests in 3.00s, 2.11MB read
Requests/sec:   2098.61
Transfer/sec:    720.10KB
"""
RESULTS: dict[str, Any] = {
    "date": "2024-02-29", "python": "3.11.7", "processor": "x", "processors": 2, "load": 0.1, "engine": "native",
    "worker class": "sync", "workers": 2, "connections": 8,
    "requests": 200_000, "errors": 0,
    "requests per second": {"off": 2_000.0, "on": 1_960.0, "ratio": 0.98},
    "p50 ms": {"off": 3.0, "on": 3.1, "ratio": 1.03},
    "p99 ms": {"off": 9.0, "on": 9.1, "ratio": 1.01},
    "processor time per request": {"server off µs": 400.0, "server on µs": 408.0, "collector µs": 2.0},
    "spans started": 600_000, "spans received": 600_000, "spans lost": 0,
}  # fmt: skip


def test_the_report_of_wrk_is_understood() -> None:
    """Times come in several units."""
    assert wrk.understood(SAID) == wrk.Answered(6301, 2098.61, 950e-6, 1.2, 0)


def test_errors_are_counted() -> None:
    """Wrong answers and broken connections alike."""
    failed = f"{SAID}  Socket errors: connect 1, read 2, write 3, timeout 4\n  Non-2xx or 3xx responses: 5\n"
    assert wrk.understood(failed).errors == 15


def test_what_wrk_says_instead_is_shown() -> None:
    """For example why it could not begin."""
    with pytest.raises(ValueError, match="unable to connect"):
        wrk.understood("unable to connect to 127.0.0.1:1 Connection refused")


@pytest.mark.parametrize(
    ("change", "met"),
    [
        ({}, True),
        ({"requests per second": {"off": 2_000.0, "on": 1_930.0, "ratio": 0.965}}, False),
        ({"p99 ms": {"off": 9.0, "on": 10.0, "ratio": 1.06}}, False),
        ({"spans received": 599_999, "spans lost": 1}, False),
        ({"errors": 1}, False),
    ],
    ids=("all is well", "throughput", "p99", "lost", "errors"),
)
def test_the_targets_are_met_or_not(change: dict[str, Any], met: bool) -> None:
    """At least 97 % of the throughput, the slowest at most 5 % slower, and nothing lost; the report says which."""
    results = {**RESULTS, **change}
    assert load_report.is_met(results) is met
    for text in (load_report.as_text(results), load_report.as_markdown(results)):
        assert ("The targets are met." in text) is met


def test_too_few_spans_are_said() -> None:
    """A short run shows what tracing costs, and not yet that nothing is lost."""
    assert "fewer than the 500,000" in load_report.as_text({**RESULTS, "spans started": 1_000, "spans received": 1_000})
