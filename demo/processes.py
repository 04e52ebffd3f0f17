"""Starts commands as processes of their own, waits for what they say, and always ends them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

START_SECONDS = 20.0
STOP_SECONDS = 5.0
RUN_SECONDS = 30.0
_POLL_SECONDS = 0.02


class DemonstrationFailed(Exception):
    """Something did not go as it should; the message says what, and what the process in question has printed."""


class Background:
    """A command that goes on running, from the beginning to the end of a ``with`` block.

    Args:
        command: its name, as it stands on the PATH after installation, and its arguments.
        log: takes all it prints.
    """

    def __init__(self, command: list[str], log: Path) -> None:
        self._command = command
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Background:
        with self._log.open("wb") as output:
            self._process = subprocess.Popen(
                [installed(self._command[0]), *self._command[1:]],
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=environment(None),
            )  # fmt: skip
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._process is not None
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Wait until the command has printed something, and return the match.

        Raises:
            DemonstrationFailed: it ended, or did not print it in time.
        """
        assert self._process is not None
        deadline = time.monotonic() + START_SECONDS
        while True:
            ended = self._process.poll() is not None
            found = re.search(pattern, self._printed())
            if found:
                return found
            if ended or time.monotonic() > deadline:
                what = f"has ended with {self._process.returncode}" if ended else f"is silent for {START_SECONDS:g} s"
                raise DemonstrationFailed(f"{' '.join(self._command)} {what}. It has printed:\n{self._printed()}")
            time.sleep(_POLL_SECONDS)

    def _printed(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")


def run(
    command: list[str], *, folder: Path | None = None, expect: int = 0, variables: Mapping[str, str] | None = None
) -> str:
    """Run a command to its end, and return what it printed.

    Args:
        command: its name, as it stands on the PATH after installation, and its arguments.
        folder: where to run it.
        expect: its exit code.
        variables: environment variables to set.

    Raises:
        DemonstrationFailed: another exit code, or it takes too long.
    """
    shown = " ".join(command)
    try:
        finished = subprocess.run(
            [installed(command[0]), *command[1:]], cwd=folder, env=environment(variables), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", timeout=RUN_SECONDS,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        printed = error.stdout.decode("utf-8", "replace") if isinstance(error.stdout, bytes) else error.stdout
        raise DemonstrationFailed(f"{shown} is not done after {RUN_SECONDS:g} s. It has printed:\n{printed}") from error
    if finished.returncode != expect:
        raise DemonstrationFailed(f"{shown} ended with {finished.returncode}, not {expect}:\n{finished.stdout}")
    return finished.stdout


def installed(command: str) -> str:
    """Return where a command of this installation is."""
    beside = Path(sys.executable).with_name(command)
    return sys.executable if command == "python" else str(beside)


def environment(variables: Mapping[str, str] | None) -> Mapping[str, str]:
    """Return our environment without what would change where spans go, with ``variables`` added."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OTEL_", "REFCTL_", "PYTEST_"))}
    return {**kept, "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "110", **(variables or {})}
