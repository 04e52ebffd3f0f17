"""The reference server under load, in gunicorn with two workers: what tracing every request costs, and what is lost.

::

    python -m tests.benchmarks.load                       # about five minutes; needs wrk
    python -m tests.benchmarks.load --seconds 5 --rounds 2 --format json

Rounds with tracing off and with 100 % sampled alternate, so that a machine that gets slower slows both. Spans go to a
process that counts them. Exit code 1 when throughput is less than 97 % of tracing off, the 99th percentile is more than
5 % above it, or a span was lost.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.benchmarks import sink
from tests.support.api_server import ADMIN, TOKENS

_HOOKS = Path(__file__).with_name("gunicorn_hooks.py")
_PATH = "/api/v1/namespaces/default"
_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}


class Round(NamedTuple):
    """One run of the load generator."""

    requests_per_second: float
    p50: float
    p99: float
    errors: int


def main() -> int:
    """Run the load test; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=20, help="length of one round (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=6, help="rounds with and without tracing (default: %(default)s)")
    parser.add_argument("--connections", type=int, default=8, help="default: %(default)s")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        print("wrk is not installed; on Debian: apt-get install wrk", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder, sink.running() as collector:
        results = measure(Path(folder), collector, options)
    print(json.dumps(results, indent=2) if options.format == "json" else as_text(results))
    return int(results["throughput ratio"] < 0.97 or results["p99 ratio"] > 1.05 or bool(results["spans lost"]))


def measure(folder: Path, collector: sink.Sink, options: argparse.Namespace) -> dict[str, Any]:
    """Run all rounds; both servers run all the time, and only one of them is asked at a time."""
    rounds: dict[str, list[Round]] = {"off": [], "on": []}
    with serving(folder / "off", "") as off, serving(folder / "on", collector.endpoint) as on:
        for url in (off, on):
            load(url, 3, options.connections)
        for number in range(options.rounds):
            order = (("off", off), ("on", on)) if number % 2 == 0 else (("on", on), ("off", off))
            for name, url in order:
                rounds[name].append(load(url, options.seconds, options.connections))
                print(f"round {number + 1}, tracing {name}: {rounds[name][-1]}", file=sys.stderr)
    counted = [json.loads(path.read_text()) for path in (folder / "on").glob("counters.*")]
    started = sum(counters.get("spans_started", 0) for counters in counted)
    medians = {name: median(found) for name, found in rounds.items()}
    return {
        "requests per second": {name: found.requests_per_second for name, found in medians.items()},
        "p50 seconds": {name: found.p50 for name, found in medians.items()},
        "p99 seconds": {name: found.p99 for name, found in medians.items()},
        "throughput ratio": medians["on"].requests_per_second / medians["off"].requests_per_second,
        "p99 ratio": medians["on"].p99 / medians["off"].p99,
        "errors": sum(one.errors for found in rounds.values() for one in found),
        "spans started": started,
        "spans received": collector.count(),
        "spans lost": started - sum(counters.get("spans_exported", 0) for counters in counted),
        "engine": counted[0]["engine"] if counted else "",
    }


def median(rounds: list[Round]) -> Round:
    """Return the medians of all figures."""
    return Round(*(statistics.median(values) for values in zip(*rounds, strict=True)))


@contextmanager
def serving(folder: Path, endpoint: str) -> Iterator[str]:
    """Run the server in gunicorn; an empty endpoint leaves tracing off."""
    folder.mkdir()
    (folder / "tokens.csv").write_text(TOKENS)
    flags = f"--storage-path {folder}/objects.sqlite --token-auth-file {folder}/tokens.csv"
    if endpoint:
        settings = {"apiVersion": "tracing-facade/v1", "kind": "TracingConfiguration", "endpoint": endpoint,
                    "protocol": "http/protobuf", "samplingRatePerMillion": 1_000_000}  # fmt: skip
        (folder / "tracing.yaml").write_text(json.dumps(settings))
        flags += f" --tracing-config-file {folder}/tracing.yaml"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--config", str(_HOOKS), "--bind", f"127.0.0.1:{port}",
               f"reference_server.wsgi:create({flags!r})"]  # fmt: skip
    environment = {**os.environ, "BENCHMARK_FOLDER": str(folder)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            wait_until_ready(url, process)
            yield url
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def wait_until_ready(url: str, process: subprocess.Popen[str]) -> None:
    """Wait until the server answers; say what it said when it does not."""
    for _ in range(200):
        try:
            urllib.request.urlopen(f"{url}/readyz", timeout=1).read()
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.05)
        else:
            return
    process.kill()
    raise RuntimeError(f"gunicorn does not start:\n{process.stderr.read() if process.stderr else ''}")


def load(url: str, seconds: int, connections: int) -> Round:
    """Ask one server as fast as it answers."""
    command = ["wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s", "--latency",
               "--header", f"Authorization: Bearer {ADMIN}", url + _PATH]  # fmt: skip
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said)
    errors = int(failed[1]) if failed else 0
    errors += sum(map(int, broken.groups())) if broken else 0
    per_second = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert per_second is not None, said
    return Round(float(per_second[1]), percentile(said, 50), percentile(said, 99), errors)


def percentile(said: str, which: int) -> float:
    """Return a latency in seconds from what wrk printed."""
    found = re.search(rf"^\s+{which}%\s+([\d.]+)(us|ms|s|m)$", said, re.MULTILINE)
    assert found is not None, said
    return float(found[1]) * _UNITS[found[2]]


def as_text(results: dict[str, Any]) -> str:
    """Return the results for people."""
    lines = [f"engine {results['engine']}; medians of all rounds", ""]
    for figure in ("requests per second", "p50 seconds", "p99 seconds"):
        off, on = results[figure]["off"], results[figure]["on"]
        lines.append(f"{figure:20} off {off:10.4f}   on {on:10.4f}   ratio {on / off:.3f}")
    lines.append("")
    for figure in ("errors", "spans started", "spans received", "spans lost"):
        lines.append(f"{figure:20} {results[figure]:,}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
