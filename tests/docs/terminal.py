"""A terminal of its own for the commands of a page: types them, and compares what is shown with what the page says."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

PATIENCE_SECONDS = 60.0
_POLL_SECONDS = 0.02
_DONE = re.compile(r"\x1edone (\d+)\x1e\n")
_SAME = (
    (re.compile(r"\x1b\[[0-9;]*m"), ""),
    (re.compile(r"\b[0-9a-f]{16,64}\b"), "<id>"),
    (re.compile(r"\b[\d,]*\d(\.\d+)? (ns|µs|ms|s)(?!\w)"), "<time>"),
    (re.compile(r"[▏▎▍▌▋▊▉█▕▐]+"), "<bar>"),
    (re.compile(r"(<bar>)?\s+"), " "),
)  # what differs from run to run, and the width of the terminal


class Mismatch(AssertionError):
    """The page says one thing and the command does another."""


class Terminal:
    """A shell in ``folder`` that lives until ``close``.

    Args:
        folder: where commands run.
        environment: their environment variables.
        log: takes all they print.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str], log: Path) -> None:
        self._log = log
        self._read = 0
        with log.open("wb") as output:
            self._shell = subprocess.Popen(
                ["bash", "--norc"], cwd=folder, env=dict(environment), stdin=subprocess.PIPE, stdout=output,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def run(self, command: str) -> tuple[int, str]:
        """Type a command, wait until it is done, and return its exit code and what was shown."""
        self.type(f"{command}\nprintf '\\036done %d\\036\\n' $?")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (found := _DONE.search(self._unread())):
            if time.monotonic() > deadline:
                raise Mismatch(f"`{command}` is not done after {PATIENCE_SECONDS:g} s; it showed:\n{self._unread()}")
            time.sleep(_POLL_SECONDS)
        shown = self._unread()[: found.start()]
        self._read += len(self._unread()[: found.end()].encode())
        return int(found[1]), shown

    def type(self, command: str) -> None:
        """Type a command, and do not wait for it."""
        assert self._shell.stdin is not None
        self._shell.stdin.write(f"{command}\n".encode())
        self._shell.stdin.flush()

    def wait_for(self, expected: str) -> None:
        """Wait until all of ``expected`` is shown; what is shown after it is left for the next call."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (seen := _first_lines_with(expected, self._unread())):
            if time.monotonic() > deadline:
                raise Mismatch(f"expected:\n{expected}\nbut in {PATIENCE_SECONDS:g} s was shown:\n{self._unread()}")
            time.sleep(_POLL_SECONDS)
        self._read += len(seen.encode())

    def close(self) -> None:
        """End the shell and whatever it has started."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._shell.pid, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._shell.wait(5)
                break
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._shell.pid, signal.SIGKILL)
        assert self._shell.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._shell.stdin.close()

    def _unread(self) -> str:
        return self._log.read_bytes()[self._read :].decode("utf-8", "replace")


def shows(shown: str, expected: str, *, exactly: bool = True) -> bool:
    """Tell whether a terminal shows what a page says; ``...`` stands for any text, alone on a line for any lines."""
    pattern = ".*".join(re.escape(_comparable(part)) for part in expected.strip().split("..."))
    compare = re.fullmatch if exactly else re.search
    return bool(compare(pattern, _comparable(shown.strip()), re.DOTALL))


def _first_lines_with(expected: str, shown: str) -> str:
    lines = shown.splitlines(keepends=True)
    prefixes = ("".join(lines[:count]) for count in range(1, len(lines) + 1))
    return next((prefix for prefix in prefixes if shows(prefix, expected, exactly=False)), "")


def _comparable(text: str) -> str:
    for found, same in _SAME:
        text = found.sub(same, text)
    return text
