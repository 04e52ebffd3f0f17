"""How many times faster than OpenTelemetry the hot path is, in a few seconds and on a busy machine.

::

    python -m tests.benchmarks.ratios        # prints JSON: by figure the ratio

Both are measured in this process, and of many short turns the quickest counts.
"""

from __future__ import annotations

import json

from tests.benchmarks import measuring, rounds

_ROUNDS = 40
FIGURES = (
    "unsampled request",
    "sampled request",
    "request with one outgoing call",
    "span with 3 attributes",
    "start_span, tracing off",
)


def measured() -> dict[str, float]:
    """Return the ratios by figure."""
    with measuring.side_by_side(FIGURES) as (paths, between):
        return {
            name: rounds.least_added(theirs, _ROUNDS, between) / rounds.least_added(ours, _ROUNDS, between)
            for name, (ours, theirs) in paths.items()
        }


if __name__ == "__main__":
    print(json.dumps(measured()))
