"""The measured ratios as one picture: bars on a logarithmic scale, with a mark where the target is."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from tests.benchmarks.targets import NATIVE, PYTHON

_COLOURS = {NATIVE: "#1f6feb", PYTHON: "#8b949e"}
_NAMES = {NATIVE: "native engine", PYTHON: "pure-Python engine"}
_LEFT, _RIGHT, _TOP, _WIDTH = 250, 70, 70, 900
_BAR, _GROUP = 12, 36
_DECADES = 3


def as_svg(figures: Iterable[dict[str, Any]], title: str) -> str:
    """Return the picture of all figures that have a ratio to OpenTelemetry.

    Args:
        figures: rows as ``report.figures`` gives them.
        title: what was measured when and where.
    """
    rows = [row for row in figures if any((row.get(engine) or {}).get("ratio") for engine in _COLOURS)]
    height = _TOP + len(rows) * _GROUP + 30
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}" '
        'font-family="sans-serif" font-size="12" fill="#24292f">',
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        '<text x="10" y="20" font-size="15">How many times better than OpenTelemetry, in the same run</text>',
        f'<text x="10" y="38" fill="#57606a" font-size="10">{escape(title)}</text>',
        *_legend(),
        *_scale(height),
        *(part for number, row in enumerate(rows) for part in _group(row, _TOP + number * _GROUP)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _legend() -> Iterator[str]:
    for number, (engine, colour) in enumerate(_COLOURS.items()):
        x = _LEFT + number * 150
        yield f'<rect x="{x}" y="48" width="{_BAR}" height="{_BAR}" fill="{colour}"/>'
        yield f'<text x="{x + 18}" y="58">{_NAMES[engine]}</text>'
    x = _LEFT + 2 * 150
    yield _mark(x + 6, 47, 61)
    yield f'<text x="{x + 18}" y="58">target</text>'


def _scale(height: int) -> Iterator[str]:
    for decade in range(_DECADES + 1):
        x = _x(10**decade)
        yield f'<line x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{height - 24}" stroke="#d0d7de"/>'
        yield f'<text x="{x:.1f}" y="{height - 8}" text-anchor="middle" fill="#57606a">{10**decade}x</text>'


def _group(row: dict[str, Any], y: int) -> Iterator[str]:
    yield f'<text x="{_LEFT - 10}" y="{y + 20}" text-anchor="end">{escape(row["figure"])}</text>'
    for number, (engine, colour) in enumerate(_COLOURS.items()):
        found = row.get(engine) or {}
        top = y + 5 + number * (_BAR + 2)
        if found.get("ratio"):
            end = _x(found["ratio"])
            yield f'<rect x="{_LEFT}" y="{top}" width="{end - _LEFT:.1f}" height="{_BAR}" fill="{colour}"/>'
            yield f'<text x="{end + 6:.1f}" y="{top + 10}" font-size="11">{found["ratio"]:.3g}</text>'
        if found.get("target ratio"):
            x = _x(found["target ratio"])
            yield _mark(x, top - 1, top + _BAR + 1)


def _mark(x: float, top: int, bottom: int) -> str:
    return f'<line x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{bottom}" stroke="#cf222e" stroke-width="2"/>'


def _x(ratio: float) -> float:
    share = min(max(math.log10(max(ratio, 1e-9)) / _DECADES, 0.0), 1.0)
    return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)
