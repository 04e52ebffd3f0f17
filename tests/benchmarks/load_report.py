"""What the load test found, for a terminal and for the documentation."""

from __future__ import annotations

from typing import Any

LEAST_THROUGHPUT = 0.97
MOST_P99 = 1.05
FEWEST_SPANS = 500_000

_COMPARED = ("requests per second", "p50 ms", "p99 ms")
_TARGETS = {"requests per second": f"≥ {LEAST_THROUGHPUT}", "p99 ms": f"≤ {MOST_P99}"}


def is_met(results: dict[str, Any]) -> bool:
    """Tell whether tracing costs no more than it may, and nothing is lost."""
    return bool(
        results["requests per second"]["ratio"] >= LEAST_THROUGHPUT
        and results["p99 ms"]["ratio"] <= MOST_P99
        and not results["spans lost"]
        and not results["errors"]
    )


def as_text(results: dict[str, Any]) -> str:
    """Return the results for people."""
    lines = [_described(results), "", f"{'':20}{'off':>12}{'on':>12}{'ratio':>9}  target"]
    for name in _COMPARED:
        found = results[name]
        lines.append(
            f"{name:20}{found['off']:>12,.2f}{found['on']:>12,.2f}{found['ratio']:>9.3f}  {_TARGETS.get(name, '')}"
        )
    lines += ["", _processor(results), _spans(results), _verdict(results)]
    return "\n".join(lines)


def as_markdown(results: dict[str, Any]) -> str:
    """Return the results for the documentation."""
    rows = ["| | tracing off | every request recorded | ratio | target |", "| --- | ---: | ---: | ---: | ---: |"]
    for name in _COMPARED:
        found = results[name]
        rows.append(
            f"| {name} | {found['off']:,.2f} | {found['on']:,.2f} | {found['ratio']:.3f} | {_TARGETS.get(name, '')} |"
        )
    text = f"{_processor(results)} {_spans(results)} {_verdict(results)}"
    return "\n".join([f"Measured {_described(results)}", "", *rows, "", text])


def _described(results: dict[str, Any]) -> str:
    return (
        f"{results['date']}: CPython {results['python']}, {results['processor']}, {results['processors']} processors, "
        f"load {results['load']} before; {results['engine']} engine; {results['workers']} {results['worker class']} "
        f"{'worker' if results['workers'] == 1 else 'workers'}, "
        f"{results['connections']} connections; medians of pairs of rounds."
    )


def _processor(results: dict[str, Any]) -> str:
    found = results["processor time per request"]
    off, on, collector = found["server off µs"], found["server on µs"], found["collector µs"]
    return (
        f"Processor time of the workers per request: {off:,.0f} µs without and {on:,.0f} µs with tracing "
        f"({on / off - 1:+.1%}); the collector takes another {collector:,.1f} µs of the same processors."
    )


def _spans(results: dict[str, Any]) -> str:
    few = results["spans started"] < FEWEST_SPANS
    enough = f" (fewer than the {FEWEST_SPANS:,} that are asked for)" if few else ""
    return (
        f"{results['spans started']:,} spans started, {results['spans received']:,} received, "
        f"{results['spans lost']:,} lost{enough}; {results['errors']:,} errors."
    )


def _verdict(results: dict[str, Any]) -> str:
    return "The targets are met." if is_met(results) else "The targets are not all met."
