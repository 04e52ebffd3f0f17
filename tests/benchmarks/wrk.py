"""The load generator ``wrk``, and what it says."""

from __future__ import annotations

import re
import subprocess
from typing import NamedTuple

_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}


class Answered(NamedTuple):
    """One run; times in seconds."""

    requests: int
    per_second: float
    p50: float
    p99: float
    errors: int


def ask(url: str, token: str, seconds: int, connections: int) -> Answered:
    """Ask one server as fast as it answers.

    Args:
        url: what is asked for.
        token: of the user who asks.
        seconds: how long.
        connections: how many requests wait at the same time.
    """
    command = ["wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s", "--latency",
               "--header", f"Authorization: Bearer {token}", url]  # fmt: skip
    finished = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return understood(finished.stdout)


def understood(said: str) -> Answered:
    """Return what wrk printed.

    Raises:
        ValueError: something is missing in it.
    """
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said)
    errors = int(failed[1]) if failed else 0
    errors += sum(map(int, broken.groups())) if broken else 0
    return Answered(
        requests=int(_found(r"(\d+) requests in", said)),
        per_second=float(_found(r"Requests/sec:\s+([\d.]+)", said)),
        p50=_seconds(_found(r"50%\s+([\d.]+[a-z]+)", said)),
        p99=_seconds(_found(r"99%\s+([\d.]+[a-z]+)", said)),
        errors=errors,
    )


def _found(pattern: str, said: str) -> str:
    found = re.search(pattern, said)
    if found is None:
        raise ValueError(f"wrk did not say {pattern!r}:\n{said}")
    return found[1]


def _seconds(text: str) -> float:
    number = text.rstrip("ums")
    return float(number) * _UNITS[text[len(number) :]]
