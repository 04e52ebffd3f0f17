"""Fuzzes the checker: ``python -m tests.lint_plugin.fuzzing [SECONDS [SEED]]``; by default for 20 minutes.

Half of the time goes to real files that are mutated at random, half to Atheris, which looks for inputs that reach code
no other has reached. Without Atheris (``pip install atheris``) all of it goes to the first. A fault is printed, and its
input is kept in the current folder.
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from tests.lint_plugin.fuzzing.inputs import inputs
from tests.lint_plugin.fuzzing.trial import Fault, tried


def main(seconds: int = 1_200, seed: int = 0) -> int:
    """Print what was tried and what went wrong; the exit code says whether anything did."""
    guided = importlib.util.find_spec("atheris") is not None
    faults = run(seconds / 2 if guided else seconds, seed)
    if guided and not faults:
        return _run_guided(seconds // 2)
    if not guided:
        print("Atheris is not installed: nothing was guided by coverage")
    return 1 if faults else 0


def run(seconds: float, seed: int) -> list[Fault]:
    """Try inputs for some time; return the faults."""
    faults: list[Fault] = []
    names: Counter[str] = Counter()
    size, slowest = 0, 0.0
    end = time.monotonic() + seconds
    for one in inputs(seed):
        started = time.process_time()
        fault = tried(one)
        slowest = max(slowest, time.process_time() - started)
        names[one.name] += 1
        size += len(one.data)
        if fault is not None:
            faults.append(fault)
            _keep(fault, len(faults))
        if time.monotonic() > end or len(faults) > 20:
            break
    print(f"{sum(names.values()):,} inputs of {size:,} bytes; the slowest took {slowest:.2f} s; {len(faults)} faults")
    return faults


def _keep(fault: Fault, number: int) -> None:
    path = Path(f"fault-{number}-{fault.input.name}")
    path.write_bytes(fault.input.data)
    print(f"{fault.what}: {path}\n{fault.detail}")


def _run_guided(seconds: int) -> int:
    command = [sys.executable, "-m", "tests.lint_plugin.fuzzing.guided", f"-max_total_time={seconds}"]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    lines = [line for line in done.stderr.splitlines() if line.startswith(("#", "Done", "==", "INFO: seed"))]
    print("\n".join(lines[-3:]))
    if done.returncode:
        print(done.stdout[-2_000:], done.stderr[-4_000:])
    print(f"guided by coverage for {seconds} s: {'no fault' if done.returncode == 0 else 'a fault'}")
    return done.returncode


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.lint_plugin.fuzzing",
        description="Give the checker arbitrary bytes and mutated real files, and see whether it crashes or hangs. "
        "With Atheris half of the time goes to inputs that reach new code.",
        epilog="Example: python -m tests.lint_plugin.fuzzing 60 7 (one minute, beginning with seed 7). "
        "Exit codes: 0 no fault, 1 a fault, whose input is kept in the current folder, 2 wrong usage.",
    )
    parser.add_argument("seconds", nargs="?", type=int, default=1_200, help="how long (default: 1200)")
    parser.add_argument("seed", nargs="?", type=int, default=0, help="of what is random (default: 0)")
    return parser


if __name__ == "__main__":
    given = _parser().parse_args()
    sys.exit(main(given.seconds, given.seed))
