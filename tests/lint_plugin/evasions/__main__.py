"""Measures how many generated evasions the checker finds: ``python -m tests.lint_plugin.evasions [COUNT [START]]``."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.lint_plugin.evasions.measure import measured


def main(count: int = 10_000, start: int = 0) -> int:
    """Print the figures; the exit code says whether they are good enough."""
    with tempfile.TemporaryDirectory() as folder:
        result = measured(count, Path(folder), start)
    for missed in result.missed[:20]:
        print("missed:", missed.seed, *missed.parts)
    for twin in result.wrong[:20]:
        print("reported without cause:", twin.seed, *twin.parts)
    parts = Counter(part for missed in result.missed for part in missed.parts)
    print("parts of what was missed:", ", ".join(f"{part} {number}" for part, number in parts.most_common(12)))
    print(f"{result.programs} programs, of which {result.evasions} load a sealed module")
    print(f"{result.found} of {result.evasions} evasions found: {result.share:.2%}")
    print(f"{len(result.wrong)} of {result.twins} innocent twins reported")
    return 0 if result.share >= 0.95 and not result.wrong else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.lint_plugin.evasions",
        description="Generate programs that load a sealed module in a roundabout way, and innocent twins of them; "
        "run each to learn the truth, and measure what the checker finds.",
        epilog="Example: python -m tests.lint_plugin.evasions 500 1000 (500 programs, the first is number 1000). "
        "Exit codes: 0 the figures are good enough, 1 they are not, 2 wrong usage.",
    )
    parser.add_argument("count", nargs="?", type=int, default=10_000, help="how many programs (default: 10000)")
    parser.add_argument("start", nargs="?", type=int, default=0, help="the number of the first (default: 0)")
    return parser


if __name__ == "__main__":
    given = _parser().parse_args()
    sys.exit(main(given.count, given.start))
