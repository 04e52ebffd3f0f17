"""Measures what tracing costs, both engines beside OpenTelemetry in the same run, against what it is to cost.

::

    python -m tests.benchmarks                          # everything, some five minutes
    python -m tests.benchmarks --only paths             # the hot path alone
    python -m tests.benchmarks --format json
    python -m tests.benchmarks --write                  # the table and the plot of the documentation, written anew

Absolute times move with the machine: compare the ratios. Exit code 0, whatever is met: the tests hold the ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from typing import Any

from tests.benchmarks import measuring, page, report, surroundings
from tests.benchmarks.targets import NATIVE, PYTHON

ENGINES = (NATIVE, PYTHON)


def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", action="append", choices=measuring.GROUPS, help="this group only; may be repeated")
    parser.add_argument("--engine", action="append", choices=ENGINES, help="this engine only; may be repeated")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--write", action="store_true", help=f"write {page.PAGE.name} and its plot anew, too")
    parser.add_argument("--in-process", choices=measuring.GROUPS, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.in_process:
        print(json.dumps(getattr(measuring, options.in_process)()))
        return 0
    if options.write and (options.only or options.engine):
        parser.error("--write needs all of the figures; leave out --only and --engine")
    results = surroundings.described()
    results["engines"] = {
        engine: _measured(engine, options.only or list(measuring.GROUPS)) for engine in options.engine or ENGINES
    }
    results["figures"] = report.figures(results["engines"])
    if options.write:
        page.write(results)
    print(json.dumps(results, indent=1) if options.format == "json" else report.as_text(results))
    return 0


def _measured(engine: str, groups: list[str]) -> dict[str, Any]:
    """Measure in a fresh process for each group, so that no group leaves garbage or threads to the next."""
    found: dict[str, Any] = {}
    for group in groups:
        print(f"measuring: {group}, {engine} engine", file=sys.stderr)
        command = [sys.executable, "-m", "tests.benchmarks", "--in-process", group]
        environment = {**os.environ, "TRACING_FACADE_ENGINE": engine, "PYTHONWARNINGS": "ignore"}
        finished = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
        found[group] = json.loads(finished.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    sys.exit(main())
