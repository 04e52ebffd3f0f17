"""How much memory distinct attribute values and span names cost: none beyond the policy's bounds.

::

    python -m tests.benchmarks.distinct_values                        # 10,000,000 values, 1,000,000 names
    python -m tests.benchmarks.distinct_values --values 200000 --names 20000

Exit code 1 when memory grows by 2 MB or more.
"""

from __future__ import annotations

import argparse
import gc
import resource
import sys

import tracing_facade as tracing
from tests.benchmarks import sink
from tracing_facade._facade import TracingHandle

_VALUES_PER_SPAN = 10
_LIMIT_BYTES = 2_000_000
_WARM_UP_SPANS = 40_000


def main() -> int:
    """Run the benchmark; return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--values", type=int, default=10_000_000)
    parser.add_argument("--names", type=int, default=1_000_000)
    options = parser.parse_args()
    with sink.running() as collector:
        settings = tracing.TracingConfiguration(
            endpoint=collector.endpoint, protocol="http/protobuf", queue_size=8_192, export_interval_seconds=0.05
        )
        with tracing.configure(settings) as handle:
            emit(handle, _WARM_UP_SPANS * _VALUES_PER_SPAN, 10_000, "warm-up")
            before = resident_bytes()
            emit(handle, options.values, options.names, "measured")
            grown = resident_bytes() - before
    print(f"{options.values:,} distinct values, {options.names:,} distinct names: memory grew by {grown:,} bytes")
    return int(grown >= _LIMIT_BYTES)


def emit(handle: TracingHandle, values: int, names: int, salt: str) -> None:
    """End spans with so many distinct values and names, as fast as they are delivered."""
    for number in range(values // _VALUES_PER_SPAN):
        attributes = {f"shop.key_{key}": f"{salt} {number} {key}" for key in range(_VALUES_PER_SPAN)}
        with tracing.start_span("work", attributes):
            pass
        if number % 4_000 == 0:
            handle.flush(60.0)
    for number in range(names):
        with tracing.start_span(f"{salt} {number}"):
            pass
        if number % 100_000 == 0:
            print(f"{salt}: {number:,} of {names:,} names", file=sys.stderr)
        if number % 4_000 == 0:
            handle.flush(60.0)
    handle.flush(60.0)


def resident_bytes() -> int:
    """Return the memory of this process that is resident now."""
    gc.collect()
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


if __name__ == "__main__":
    sys.exit(main())
