"""Measures how many generated evasions the checker finds: ``python -m tests.lint_plugin.evasions [COUNT [START]]``."""

from __future__ import annotations

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


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
