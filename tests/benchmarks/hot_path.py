"""Measures what tracing costs, every engine beside OpenTelemetry in the same process, and prints one table.

::

    python -m tests.benchmarks.hot_path                 # everything, a few minutes
    python -m tests.benchmarks.hot_path --only paths    # the hot path alone
    python -m tests.benchmarks.hot_path --format json

Absolute times move with the machine: compare the ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from typing import Any

import tracing_facade as tracing
from tests.benchmarks import export_figures, facade, opentelemetry_peer, process_figures, rounds, traced_requests
from tests.benchmarks.report import as_text
from tests.benchmarks.rounds import Loop

GROUPS = ("paths", "export", "tail", "processes")
ENGINES = ("native", "python")


def paths(rounds_of_turns: int = 200) -> dict[str, dict[str, float]]:
    """Return by figure the nanoseconds that the facade and OpenTelemetry add, measured side by side."""
    peer = opentelemetry_peer.Peer()
    theirs = peer.loops()
    found = {}
    with facade.tracing_on():

        def between() -> None:
            tracing.flush()
            peer.flush()

        for name, ours in facade.loops().items():
            candidates = {"facade": ours, "OpenTelemetry": theirs[name]}
            found[name] = rounds.added_nanoseconds(_bare(name), candidates, rounds_of_turns, between)
    return found


def _bare(name: str) -> Loop:
    if "call" in name:
        application = traced_requests.calling(traced_requests.stub_session())
        return traced_requests.driven(application, traced_requests.SAMPLED)
    if "request" in name:
        return traced_requests.driven(traced_requests.bare, traced_requests.SAMPLED)
    return rounds.nothing


def export() -> dict[str, Any]:
    """Return throughput and memory; the slower a candidate, the fewer spans it is given."""
    return {
        "throughput": {
            "facade": export_figures.throughput(1_000_000),
            "OpenTelemetry": export_figures.opentelemetry_throughput(200_000),
        },
        "memory": {
            "facade": export_figures.memory(200_000),
            "OpenTelemetry": export_figures.opentelemetry_memory(50_000),
        },
    }


def tail() -> dict[str, Any]:
    """Return the latency of paced requests under live export."""
    return export_figures.tail(1_000, 3.0, 9)


def processes() -> dict[str, Any]:
    """Return import times and what becomes of ``shutdown``."""
    return {"imports": process_figures.imports(11), "shutdowns": process_figures.shutdowns()}


def _measured(engine: str, groups: list[str]) -> dict[str, Any]:
    """Measure in a fresh process for each group, so that no group leaves garbage or threads to the next."""
    found: dict[str, Any] = {}
    for group in groups:
        command = [sys.executable, "-m", "tests.benchmarks.hot_path", "--in-process", group]
        environment = {**os.environ, "TRACING_FACADE_ENGINE": engine, "PYTHONWARNINGS": "ignore"}
        finished = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
        found[group] = json.loads(finished.stdout.splitlines()[-1])
    return found


def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="tests.benchmarks.hot_path", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--only", action="append", choices=GROUPS, help="measure this group only; may be repeated")
    parser.add_argument("--engine", action="append", choices=ENGINES, help="measure this engine only; may be repeated")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--in-process", choices=GROUPS, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.in_process:
        print(json.dumps(globals()[chosen.in_process]()))
        return 0
    results = {
        "python": platform.python_version(),
        "engines": {engine: _measured(engine, chosen.only or list(GROUPS)) for engine in chosen.engine or ENGINES},
    }
    print(json.dumps(results, indent=1) if chosen.format == "json" else as_text(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
