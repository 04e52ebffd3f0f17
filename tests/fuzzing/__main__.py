"""The command: attacks in child processes, since what it looks for are crashes."""

from __future__ import annotations

import argparse
import contextlib
import faulthandler
import logging
import os
import signal
import subprocess
import sys
import tempfile
import time

from tests.fuzzing import instrumented

_ROUNDS_OF_A_CHILD = 10
_LONGEST_ROUND_SECONDS = 240
"""What takes longer hangs."""


def main() -> int:
    """Run until the time is over or something breaks.

    Returns:
        The exit code: 0 when nothing broke, 1 when something did.
    """
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzzing",
        description="Attack the engine with hostile values, re-entrancy, threads, forks and interrupts, at random.",
        epilog="Example: make sanitize FUZZ_SECONDS=600 (with sanitizers). "
        "Exit codes: 0 nothing broke, 1 something did; the last lines say how to do it again.",
    )
    parser.add_argument("--seconds", type=float, default=20.0, help="how long (default: 20)")
    parser.add_argument("--seed", type=int, default=None, help="the first round (default: another one each time)")
    parser.add_argument("--rounds", type=int, default=None, help="run so many rounds in this very process")
    parser.add_argument("--prove", action="store_true", help="show that sanitizers watch the engine, and end")
    arguments = parser.parse_args()
    if arguments.prove:
        return instrumented.prove()
    seed = arguments.seed if arguments.seed is not None else time.time_ns() % 1_000_000_000
    if arguments.rounds is not None:
        return _attack(seed, arguments.rounds)
    return _supervise(seed, arguments.seconds)


def _attack(seed: int, rounds: int) -> int:
    from tests.fuzzing.rounds import run_round
    from tracing_facade._engine import engine

    logging.disable()
    faulthandler.enable()
    sys.unraisablehook = lambda _: None  # what a destructor raises is lost, in applications too
    print(f"engine {engine.name()}", flush=True)
    for number in range(seed, seed + rounds):
        print(f"round {number}", flush=True)
        faulthandler.dump_traceback_later(_LONGEST_ROUND_SECONDS, exit=True)
        goes_on = run_round(number)
        faulthandler.cancel_dump_traceback_later()
        if not goes_on:
            break
    return 0


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, and end what it has forked and left behind, which may hang."""
    with tempfile.TemporaryFile("w+", errors="replace") as said, tempfile.TemporaryFile("w+", errors="replace") as told:
        process = subprocess.Popen(command, stdout=said, stderr=told, start_new_session=True)
        code = process.wait()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        said.seek(0)
        told.seek(0)
        return subprocess.CompletedProcess(command, code, said.read(), told.read())


def _supervise(seed: int, seconds: float) -> int:
    end = time.monotonic() + seconds
    rounds = 0
    while time.monotonic() < end:
        command = [sys.executable, "-m", "tests.fuzzing", "--seed", str(seed), "--rounds", str(_ROUNDS_OF_A_CHILD)]
        done = _run(command)
        if done.returncode != 0:
            last = done.stdout.splitlines()[-1] if done.stdout else "(nothing)"
            print(done.stderr[-20_000:], file=sys.stderr)
            print(f"exit code {done.returncode} after {last}; again: {' '.join(command)}", file=sys.stderr)
            return 1
        done_now = done.stdout.count("\nround ")
        rounds += done_now
        seed += done_now
    print(f"{rounds} rounds in {seconds:.0f} s, nothing broke ({os.environ.get('ASAN_OPTIONS', 'no sanitizer')})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
