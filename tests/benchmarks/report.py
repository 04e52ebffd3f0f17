"""The measured figures as one table of plain text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Row = tuple[str, ...]


def as_text(results: dict[str, Any]) -> str:
    """Return the table; OpenTelemetry's column is the mean of what was measured beside each engine."""
    engines: dict[str, Any] = results["engines"]
    rows: list[Row] = [("", "OpenTelemetry", *(f"{engine} engine" for engine in engines))]
    for group, lines in (("paths", _paths), ("export", _export), ("tail", _tail), ("processes", _processes)):
        measured = {engine: figures[group] for engine, figures in engines.items() if group in figures}
        if measured:
            rows += lines(list(measured.values()))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    title = f"CPython {results['python']}; added cost over the bare operation, medians"
    return "\n".join([title, "", *(_line(row, widths) for row in rows)])


def _line(row: Row, widths: list[int]) -> str:
    first, *others = (cell.ljust(width) if not column else cell.rjust(width)
                      for column, (cell, width) in enumerate(zip(row, widths, strict=True)))  # fmt: skip
    return "  ".join([first, *others]).rstrip()


def _paths(measured: list[dict[str, Any]]) -> Iterator[Row]:
    for name in measured[0]:
        peers = [figures[name]["OpenTelemetry"] / 1e3 for figures in measured]
        ours = [figures[name]["facade"] / 1e3 for figures in measured]
        cells = (f"{took:.2f} µs {peer / took:6.1f}x" for took, peer in zip(ours, peers, strict=True))
        yield (name, f"{_mean(peers):.1f} µs", *cells)


def _export(measured: list[dict[str, Any]]) -> Iterator[Row]:
    for label, figure, key, unit in (
        ("spans exported per second", "throughput", "spans per second", ""),
        ("  of these lost", "throughput", "lost per cent", " %"),
        ("memory of a buffered span", "memory", "bytes per span", " B"),
    ):
        peers = _mean([figures[figure]["OpenTelemetry"][key] for figures in measured])
        yield (label, f"{peers:,.0f}{unit}", *(f"{figures[figure]['facade'][key]:,.0f}{unit}" for figures in measured))


def _tail(measured: list[dict[str, Any]]) -> Iterator[Row]:
    for share in ("p50", "p99", "p99.9"):
        peers = _mean([figures["OpenTelemetry"][share] for figures in measured])
        cells = (f"{figures['facade'][share]:.2f}x" for figures in measured)
        yield (f"latency {share}, times bare", f"{peers:.2f}x", *cells)


def _processes(measured: list[dict[str, Any]]) -> Iterator[Row]:
    official = _mean([figures["imports"]["OpenTelemetry, the same"] for figures in measured])
    for name, peer in (("import tracing_facade", ""), ("import and configure (HTTP)", f"{official:.0f} ms")):
        yield (name, peer, *(f"{figures['imports'][name]:.0f} ms" for figures in measured))
    for kind in ("refused", "hanging"):
        answers = [figures["shutdowns"][kind] for figures in measured]
        cells = (f"{answer['seconds']:.2f} s {bool(answer['delivered'])}" for answer in answers)
        yield (f"shutdown(1.0), collector {kind}", "", *cells)


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)
