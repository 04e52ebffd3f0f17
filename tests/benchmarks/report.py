"""The measured figures beside their targets: as data, as a table for a terminal, and as one for the documentation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tests.benchmarks.targets import FIGURES, NATIVE, PYTHON, Figure, judged

_ENGINES = (NATIVE, PYTHON)
_LEAST_MICROSECONDS = 0.01
"""Differences below are noise, and may come out negative."""
_HEADINGS = {NATIVE: "native", PYTHON: "pure Python"}


def figures(engines: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a row for every figure that was measured.

    OpenTelemetry's value is the mean of what was measured beside each engine; each ratio is of one process.
    """
    rows = []
    for figure in FIGURES:
        measured = {name: groups[figure.group] for name, groups in engines.items() if figure.group in groups}
        if measured:
            rows.append(_row(figure, measured))
    return rows


def _row(figure: Figure, measured: dict[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {"figure": figure.label, "unit": figure.unit}
    peers = []
    for engine, found in measured.items():
        peer = _value(found, figure.path, "OpenTelemetry")
        peers.append(peer)
        verdict = judged(figure, engine, _value(found, figure.path, "facade"), peer)
        target = figure.targets.get(engine)
        row[engine] = {
            "value": verdict.value,
            "ratio": verdict.ratio,
            "target": target.value if target else None,
            "target ratio": target.ratio if target else None,
            "met": verdict.met,
        }
    row["OpenTelemetry"] = sum(peers) / len(peers)
    row["more is better"] = figure.more_is_better
    return row


def _value(found: Any, path: Sequence[str], who: str) -> float:
    for step in path:
        found = found[step.format(who=who)]
    return float(found)


def as_text(results: dict[str, Any]) -> str:
    """Return everything for a terminal."""
    table = [list(row) for row in _cells(results["figures"])]
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    return "\n".join([described(results), "", *(_line(row, widths) for row in table)])


def _line(row: list[str], widths: list[int]) -> str:
    first, *others = widths
    return "  ".join([row[0].ljust(first), *(cell.rjust(width) for cell, width in zip(row[1:], others, strict=True))])


def as_markdown(results: dict[str, Any]) -> str:
    """Return the table as the documentation shows it."""
    head, *rows = _cells(results["figures"])
    ruler = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, ruler, *rows))


def described(results: dict[str, Any]) -> str:
    """Return what was measured where."""
    return (
        f"{results['date']}: CPython {results['python']}, opentelemetry-sdk {results['opentelemetry']}, "
        f"{results['processor']}, {results['processors']} processors, "
        f"load {results['load']} before; added cost over the bare operation, medians"
    )


def _cells(rows: list[dict[str, Any]]) -> Iterable[Sequence[str]]:
    engines = [engine for engine in _ENGINES if any(engine in row for row in rows)]
    yield ["", "OpenTelemetry", *(cell for engine in engines for cell in (_HEADINGS[engine], "ratio", "target", "met"))]
    for row in rows:
        cells = [row["figure"], _shown(row["OpenTelemetry"], row["unit"])]
        for engine in engines:
            cells += _engine_cells(row, row[engine]) if engine in row else [""] * 4
        yield cells


def _engine_cells(row: dict[str, Any], found: dict[str, Any]) -> list[str]:
    ratio = f"{found['ratio']:.3g}x" if found["ratio"] else ""
    sign = "≥" if row["more is better"] else "≤"
    target = "" if found["target"] is None else f"{sign} {_shown(found['target'], row['unit'])}"
    if found["target ratio"]:
        target += f" or {found['target ratio']:g}x"
    return [_shown(found["value"], row["unit"]), ratio, target, found["met"]]


def _shown(value: float, unit: str) -> str:
    if unit == "µs" and value < _LEAST_MICROSECONDS:
        return f"< {_LEAST_MICROSECONDS} {unit}"
    number = f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
    return f"{number} {unit}"
