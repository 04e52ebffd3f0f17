"""Runs flake8 in this process and tells which share of its processor time our plugin takes.

::

    python -m tests.benchmarks.flake8_share FILE_WITH_PATHS

Two runs of flake8 differ by more than one per cent on any machine that does other work too. Inside of one run the share
can be told exactly: the clock runs while our plugin is imported, reads its options, and checks.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from time import process_time
from typing import Any


class Clock:
    """How much processor time something has taken so far."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def timed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that does the same while the clock runs."""

        def call(*arguments: Any, **named: Any) -> Any:
            started = process_time()
            try:
                return function(*arguments, **named)
            finally:
                self.seconds += process_time() - started

        return call

    def through(self, function: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
        """Return a function that yields the same, counting only the time between asking and answering."""

        def items(*arguments: Any) -> Iterator[Any]:
            found = self.timed(lambda: list(function(*arguments)))()
            yield from found

        return items


def share(paths: list[str]) -> dict[str, float]:
    """Return the processor seconds of flake8, and those of our plugin among them."""
    from flake8.main import application

    clock, before = Clock(), process_time()
    started = process_time()
    from lint_plugin.flake8_plugin import TracingChecker

    clock.seconds += process_time() - started
    TracingChecker.parse_options = clock.timed(TracingChecker.parse_options)  # type: ignore[method-assign]
    TracingChecker.run = clock.through(TracingChecker.run)  # type: ignore[method-assign]
    with contextlib.suppress(SystemExit):
        application.Application().run(["--isolated", "--jobs", "1", "--output-file", os.devnull, *paths])
    whole = process_time() - before
    return {"flake8": whole - clock.seconds, "plugin": clock.seconds}


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as listed:
        print(json.dumps(share(listed.read().splitlines())))
