"""The reference server under load, in gunicorn: what tracing every request costs, and what is lost.

::

    make load                                             # about four minutes; needs wrk
    make load LOAD_ARGS=--write                           # and writes the report into the documentation
    python -m tests.benchmarks.load --seconds 3 --rounds 4 --format json
    python -m tests.benchmarks.load --worker-class gthread --workers 1

There are two workers of gunicorn's default class unless others are asked for. Those with threads keep connections, and
whichever is awake first may take nearly all of them: with two of them one round says little about the next.

Both servers run all the time, one with tracing off and one that records every request, and are asked in turns, so that
a machine that gets slower slows both; what counts is the median of what each pair of rounds says. Spans go to a process
that stores what it gets and counts them afterwards. Exit code 1 when throughput is less than 97 % of tracing off, the
99th percentile is more than 5 % above it, or a span was lost.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.benchmarks import load_report, page, sink, surroundings
from tests.benchmarks.gunicorn_server import GunicornServer
from tests.benchmarks.wrk import Answered, ask
from tests.support.api_server import ADMIN

PATH = "/api/v1/namespaces/default"
_WARM_UP_SECONDS = 3


def main(arguments: list[str] | None = None) -> int:
    """Run the load test; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.load",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seconds", type=int, default=3, help="length of one round (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=36, help="pairs of rounds (default: %(default)s)")
    parser.add_argument("--worker-class", choices=("sync", "gthread"), default="sync", help="default: %(default)s")
    parser.add_argument("--workers", type=int, default=2, help="default: %(default)s")
    parser.add_argument("--connections", type=int, default=8, help="default: %(default)s")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--write", action="store_true", help=f"write the report into {page.PAGE.name}, too")
    options = parser.parse_args(arguments)
    if shutil.which("wrk") is None:
        print("wrk is not installed; on Debian: apt-get install wrk", file=sys.stderr)
        return 2
    results = surroundings.described() | {
        "worker class": options.worker_class,
        "workers": options.workers,
        "connections": options.connections,
    }
    with tempfile.TemporaryDirectory() as folder, sink.running() as collector:
        results |= measure(Path(folder), collector, options)
    if options.write:
        page.replace(page.PAGE, f"load_{options.worker_class}", load_report.as_markdown(results))
    print(json.dumps(results, indent=2) if options.format == "json" else load_report.as_text(results))
    return int(not load_report.is_met(results))


def measure(folder: Path, collector: sink.Sink, options: argparse.Namespace) -> dict[str, Any]:
    """Run all rounds and return what they say."""
    rounds: dict[str, list[Answered]] = {"off": [], "on": []}
    processor: dict[str, list[float]] = {"off": [], "on": [], "collector": []}
    workers = options.worker_class, options.workers
    with (
        GunicornServer(folder / "off", "", *workers) as off,
        GunicornServer(folder / "on", collector.endpoint, *workers) as on,
    ):
        servers = {"off": off, "on": on}
        for server in servers.values():
            ask(server.url + PATH, ADMIN, _WARM_UP_SECONDS, options.connections)
        for number in range(options.rounds):
            for name in ("off", "on") if number % 2 == 0 else ("on", "off"):
                before, sink_before = servers[name].processor_seconds(), collector.processor_seconds()
                found = ask(servers[name].url + PATH, ADMIN, options.seconds, options.connections)
                rounds[name].append(found)
                processor[name].append((servers[name].processor_seconds() - before) / found.requests)
                if name == "on":
                    processor["collector"].append((collector.processor_seconds() - sink_before) / found.requests)
            print(f"round {number + 1} of {options.rounds}: {rounds['off'][-1]} {rounds['on'][-1]}", file=sys.stderr)
    return {**_compared(rounds, processor), **_spans(folder / "on", collector)}


def _compared(rounds: dict[str, list[Answered]], processor: dict[str, list[float]]) -> dict[str, Any]:
    def both(value: Callable[[Answered], float]) -> dict[str, float]:
        found = {name: [value(one) for one in answered] for name, answered in rounds.items()}
        ratios = [on / off for on, off in zip(found["on"], found["off"], strict=True)]
        medians = {name: statistics.median(values) for name, values in found.items()}
        return {**medians, "ratio": statistics.median(ratios)}

    microseconds = {name: statistics.median(values) * 1e6 for name, values in processor.items()}
    return {
        "requests": sum(one.requests for answered in rounds.values() for one in answered),
        "errors": sum(one.errors for answered in rounds.values() for one in answered),
        "requests per second": both(lambda one: one.per_second),
        "p50 ms": both(lambda one: one.p50 * 1e3),
        "p99 ms": both(lambda one: one.p99 * 1e3),
        "processor time per request": {
            "server off µs": microseconds["off"],
            "server on µs": microseconds["on"],
            "collector µs": microseconds["collector"],
        },
    }


def _spans(folder: Path, collector: sink.Sink) -> dict[str, Any]:
    counted = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("counters.*")]
    started = sum(counters.get("spans_started", 0) for counters in counted)
    received = collector.count()
    return {
        "engine": counted[0]["engine"] if counted else "",
        "spans started": started,
        "spans received": received,
        "spans lost": started - received,
    }


if __name__ == "__main__":
    sys.exit(main())
