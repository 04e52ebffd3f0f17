"""The figures that are measured, with what each is to reach on the reference machine, and as a ratio on any other."""

from __future__ import annotations

from typing import NamedTuple

NATIVE = "native"
PYTHON = "python"


class Target(NamedTuple):
    """What one engine is to reach; either will do, since on another machine only the ratio can be kept."""

    value: float
    """On the reference machine, in the unit of the figure."""
    ratio: float | None = None
    """How many times better than OpenTelemetry in the same run; None where that says nothing."""


class Figure(NamedTuple):
    """One line of the table."""

    label: str
    group: str
    """What measures it, as the command's option ``--only`` names it."""
    path: tuple[str, ...]
    """Where its value stands in what was measured; ``{who}`` is ``facade`` or ``OpenTelemetry``."""
    unit: str
    targets: dict[str, Target]
    """By engine; empty for what is shown and not judged."""
    more_is_better: bool = False


def _both(value: float, ratio: float | None = None) -> dict[str, Target]:
    return {NATIVE: Target(value, ratio), PYTHON: Target(value, ratio)}


def _each(native: tuple[float, float | None], python: tuple[float, float | None]) -> dict[str, Target]:
    return {NATIVE: Target(*native), PYTHON: Target(*python)}


# The ratios of the pure engine, of imports, export and memory are those of OpenTelemetry's figure on the reference
# machine to the target there.
FIGURES = (
    Figure("unsampled request", "paths", ("unsampled request", "{who}"), "µs", _each((0.7, 40), (1.5, 20))),
    Figure("sampled request", "paths", ("sampled request", "{who}"), "µs", _each((1.0, 60), (5.0, 13))),
    Figure("request with one outgoing call", "paths", ("request with one outgoing call", "{who}"), "µs",
           _each((3.0, 40), (9.0, 14))),
    Figure("span with 3 attributes", "paths", ("span with 3 attributes", "{who}"), "µs", _each((0.8, 20), (2.5, 6.8))),
    Figure("start_span, tracing off", "paths", ("start_span, tracing off", "{who}"), "µs",
           _each((0.3, 19), (0.6, 9.5))),
    Figure("start_span, unsampled parent", "paths", ("start_span, unsampled parent", "{who}"), "µs",
           _each((0.3, 19), (0.6, 9.5))),
    Figure("start_span, unsampled root", "paths", ("start_span, unsampled root", "{who}"), "µs",
           _each((0.3, 19), (0.6, 9.5))),
    Figure("one attribute, in the request", "attributes", ("in the request", "{who}"), "µs", {}),
    Figure("one attribute, until it is encoded", "attributes", ("until it is encoded", "{who}"), "µs", {}),
    Figure("spans exported per second", "export", ("throughput", "{who}", "spans per second"), "/s",
           _each((800_000, 64), (100_000, 8)), more_is_better=True),
    Figure("spans lost at full speed", "export", ("throughput", "{who}", "lost per cent"), "%", _both(0.0)),
    Figure("memory of a buffered span", "export", ("memory", "{who}", "bytes per span"), "B",
           _each((160, 18), (700, 4.2))),
    Figure("latency p99.9 under live export", "tail", ("{who}", "p99.9"), "x bare",
           _each((1.1, None), (2.0, None))),
    Figure("import tracing_facade", "processes", ("imports", "{who}", "import"), "ms", _both(30, 7.0)),
    Figure("import, declare a span, start it", "processes", ("imports", "{who}", "declare and start"), "ms", {}),
    Figure("import and configure (HTTP)", "processes", ("imports", "{who}", "configure"), "ms", _both(80, 2.6)),
    Figure("shutdown(1.0), collector refuses", "processes", ("shutdowns", "{who}", "refused"), "s", _both(1.05)),
    Figure("shutdown(1.0), collector hangs", "processes", ("shutdowns", "{who}", "hanging"), "s", _both(1.05)),
)  # fmt: skip


class Verdict(NamedTuple):
    """How one figure of one engine stands to its target."""

    value: float
    ratio: float | None
    """How many times better than OpenTelemetry."""
    met: str
    """``yes``, ``by ratio``, ``no``, or empty when there is no target."""


def judged(figure: Figure, engine: str, value: float, peer: float | None) -> Verdict:
    """Compare a measured value with what it is to be."""
    ratio = None
    if peer is not None and value > 0 and peer > 0:
        ratio = value / peer if figure.more_is_better else peer / value
    target = figure.targets.get(engine)
    if target is None:
        return Verdict(value, ratio, "")
    if value >= target.value if figure.more_is_better else value <= target.value:
        return Verdict(value, ratio, "yes")
    by_ratio = ratio is not None and target.ratio is not None and ratio >= target.ratio
    return Verdict(value, ratio, "by ratio" if by_ratio else "no")
